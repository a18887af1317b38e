/** Where devices register, by what --target, --method and --instance-id say: an MQTT endpoint over TLS, or the service over HTTPS. */
import type { Target } from '../model/scenario.ts';
import { authorityOf, isTls } from '../model/target.ts';
import { REGISTER_PATH } from '../platform/aliyun/service-path.ts';
import { parseTarget } from '../scenario/target.ts';

export const METHODS = ['https', 'mqtt', 'mqtt-nwl'] as const;
export type Method = (typeof METHODS)[number];

/** The platform's host for it, by region [registration]. */
const SERVICE_HOST = (region: string): string => `iot-auth.${region}.aliyuncs.com`;
const EXAMPLES = 'write a region (cn-shanghai), mqtts://host:8883 or https://host';

/** What was given, before it is known by which method. */
export type RegisterTarget =
  | { kind: 'region'; region: string }
  | { kind: 'mqtt'; target: Target & { kind: 'url' } }
  | { kind: 'https'; host: string; port: number; path: string };

export interface Wrong {
  wrong: string;
  hint: string;
}

/** What is wrong is a predicate. */
export function readTarget(text: string): RegisterTarget | Wrong {
  if (/^[a-z]{2,}-[a-z0-9-]+$/.test(text)) return { kind: 'region', region: text };
  if (/^http:\/\//i.test(text))
    return { wrong: 'is not over TLS', hint: 'the secrets would be readable on their way: write https://' };
  if (/^https:\/\//i.test(text)) return serviceIn(text);
  const target = parseTarget(text, 'the ProductSecret comes from a file or the environment');
  if (!('kind' in target)) return { wrong: target.wrong, hint: EXAMPLES };
  if (target.kind !== 'url') return { wrong: 'is no place where devices register', hint: EXAMPLES };
  return isTls(target.protocol)
    ? { kind: 'mqtt', target }
    : { wrong: 'is not over TLS', hint: 'the platform registers devices over TLS only: write mqtts://' };
}

function serviceIn(text: string): RegisterTarget | Wrong {
  if (!URL.canParse(text)) return { wrong: 'is not a URL', hint: EXAMPLES };
  const { hostname, port, pathname, search, username, password } = new URL(text);
  if (username !== '' || password !== '')
    return { wrong: 'has a user name or password', hint: 'leave them out' };
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const path = pathname === '/' ? REGISTER_PATH : pathname;
  return { kind: 'https', host, port: Number(port || 443), path: path + search };
}

/** What is asked, and where. */
export type RegisterService =
  | { kind: 'mqtt'; target: Target }
  | { kind: 'https'; host: string; port: number; path: string };

export function methodFor({ kind }: RegisterTarget, method: Method | undefined): Method {
  return method ?? (kind === 'mqtt' ? 'mqtt' : 'https');
}

/** What is wrong is a predicate of the target. */
export function serviceFor(
  given: RegisterTarget,
  method: Method,
  instance: string | undefined,
): RegisterService | Wrong {
  if (given.kind === 'region') {
    if (method === 'https')
      return { kind: 'https', host: SERVICE_HOST(given.region), port: 443, path: REGISTER_PATH };
    // Instances that have an id have a host of their own.
    return instance === undefined
      ? { kind: 'mqtt', target: { kind: 'region', region: given.region, tls: true } }
      : { kind: 'mqtt', target: { kind: 'instance', instance, tls: true } };
  }
  if ((given.kind === 'https') === (method === 'https')) return given;
  const hint = given.kind === 'https' ? 'write mqtts://' : 'write https://';
  return { wrong: `is not for --method ${method}`, hint };
}

/** In words, for reports. */
export function serviceText(service: RegisterService): string {
  if (service.kind === 'https') return `https://${authorityOf(service.host, service.port)}${service.path}`;
  const { target } = service;
  if (target.kind === 'url') return `${target.protocol}://${authorityOf(target.host, target.port)}`;
  return target.kind === 'region' ? `region ${target.region}` : `instance ${target.instance}`;
}
