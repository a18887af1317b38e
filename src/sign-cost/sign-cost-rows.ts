/** The figures of the signing experiment as rows, which terminal and page show each in its own way. Pure. */
import { percentileHeads, percentilesIn } from '../model/metrics/percentiles.ts';
import type { Signmethod } from '../model/scenario.ts';
import {
  type MethodComparison,
  ONLINE_WAYS,
  type OnlineCost,
  type OnlineMethod,
  type OnlineWay,
  type SignCost,
  type ThreadCost,
} from './sign-cost-report.ts';

export function threadsText({ threads }: ThreadCost): string {
  return threads === 1 ? '1 thread' : `${threads} threads`;
}

/** Those that were measured, in the order of the scenario's. */
export function methodsOf<Name extends OnlineWay, T>(methods: Partial<Record<Name, T>>): [Name, T][] {
  return (ONLINE_WAYS as readonly OnlineWay[] as readonly Name[]).flatMap((name): [Name, T][] => {
    const method = methods[name];
    return method === undefined ? [] : [[name, method]];
  });
}

/** Of `loginRows`, before the logins per second. */
export const LOGIN_HEADS = ['count', 'min', ...percentileHeads('text'), 'mean'];

/** Of each method: ns of single logins, and how many a second. */
export function loginRows({ methods }: ThreadCost): [Signmethod, (number | undefined)[]][] {
  return methodsOf(methods).map(([name, { ns, signsPerSec }]) => [
    name,
    [ns.count, ns.min, ...percentilesIn('text', ns), ns.mean, signsPerSec],
  ]);
}

/** A part of a login: of each method in the order of `methodsOf`, its mean; undefined where it was not measured. */
export interface LoginPart {
  label: string;
  unit: 'ns' | 'ratio';
  values: (number | undefined)[];
}

/** What a login is made of, on the first number of threads. */
export function loginParts({ threads, openssl }: SignCost): LoginPart[] {
  const { methods, tripleNs } = threads[0]!;
  const all = methodsOf(methods);
  const part = (label: string, values: LoginPart['values'], unit: LoginPart['unit'] = 'ns'): LoginPart => ({
    label,
    unit,
    values,
  });
  return [
    part(
      'openssl speed',
      all.map(([name]) => openssl?.ns[name]),
    ),
    part(
      'createHmac alone',
      all.map(([, { bareNs }]) => bareNs),
    ),
    part(
      'signing',
      all.map(([, { signNs }]) => signNs),
    ),
    part(
      'through createHmac alone',
      all.map(([, { overBare }]) => overBare.ratio),
      'ratio',
    ),
    part(
      'triple read',
      all.map(() => tripleNs),
    ),
    part(
      'time, host, the rest',
      all.map(([, { ns, signNs }]) => ns.mean - signNs - tripleNs),
    ),
    part(
      'login',
      all.map(([, { ns }]) => ns.mean),
    ),
  ];
}

/** The pair, the ratio of its times, and its interval. */
export function ratioCells({ a, b, ratio, ci95 }: MethodComparison): [string, string, string] {
  return [`${a} : ${b}`, ratio.toFixed(3), ci95.map((bound) => bound.toFixed(3)).join(' … ')];
}

/** The methods of a thread count held against each other, and the first against itself. */
export function comparedWithItself({ comparisons, control }: ThreadCost): MethodComparison[] {
  return [...comparisons, { ...control, b: 'itself' }];
}

/** Of `onlineTimes`. */
export function onlineHeads(online: OnlineCost): string[] {
  return ['sign p50', 'mean', ...(asksForTokens(online) ? ['auth p50'] : []), 'latency p50', 'p99', 'mean'];
}

function asksForTokens({ methods }: OnlineCost): boolean {
  return methodsOf(methods).some(([, { connect_auth }]) => connect_auth !== null);
}

/** ms; undefined where nothing connected. */
export function onlineTimes(
  online: OnlineCost,
  { connect_sign: sign, connect_auth: auth, connect_latency: latency }: OnlineMethod,
): (number | undefined)[] {
  const ofAuth = asksForTokens(online) ? [auth?.p50] : [];
  return [sign?.p50, sign?.mean, ...ofAuth, latency?.p50, latency?.p99, latency?.mean];
}
