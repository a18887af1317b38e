/** Who set the limit, and by what? Names it from the trials at the bounds, and says what to do. Pure. */
import type { MachineFacts } from '../machine/facts.ts';
import type { FailureCount } from '../metrics/snapshot.ts';
import { formatCount } from '../report/text/format.ts';
import type { Limiter, LimitOf, LimitTrial, Spoiler } from './limit-report.ts';
import { type Bounds, heals } from './limit-search.ts';

export interface Found {
  of: LimitOf;
  unit: string;
  bounds: Bounds;
  max: number;
  trials: readonly LimitTrial[];
  /** What this process and this machine allow. */
  machine: Pick<MachineFacts, 'descriptors' | 'ports'>;
}

export function limiterOf(found: Found): Limiter {
  const { bounds, trials } = found;
  const refused = trials.findLast(({ spoiledBy }) => spoiledBy === 'refused');
  if (refused && (bounds.lower === 0 || bounds.upper === null)) return nobodyIn(found, refused);
  if (bounds.ceiling !== null) return generatorsLimit(found, bounds.ceiling);
  if (bounds.upper === null) return notFound(found);
  return targetsLimit(found, bounds.upper);
}

/** From the beginning, which is no limit; or after something had held, which may have brought the target down. */
function nobodyIn({ bounds, unit }: Found, { failures: [most] }: LimitTrial): Limiter {
  const { phase, kind, code, hint } = most!;
  const network = kind === 'unreachable' || phase === 'dns' || (kind === 'timeout' && phase === 'tcp');
  const happened =
    bounds.lower === 0
      ? 'no limit of load: devices do not get in'
      : `after ${formatCount(bounds.lower)} ${unit} had held, devices do not get in any more`;
  return {
    side: network ? 'network' : 'broker',
    kind: 'refused',
    value: null,
    said: code || `${phase}: ${kind}`,
    hint: `${happened} (${hint}); mend that, then search again`,
  };
}

function notFound({ of, max, unit, bounds }: Found): Limiter {
  const further = of === 'message-rate' ? 'a higher --max goes on' : 'a higher --max needs that many devices';
  const hint =
    bounds.lower >= max
      ? `everything up to ${formatCount(max)} ${unit} held; ${further}`
      : 'the search was stopped before anything failed';
  return { side: 'none', kind: 'none', value: null, said: null, hint };
}

function generatorsLimit({ bounds, unit, trials, machine }: Found, ceiling: number): Limiter {
  const trial = trials.findLast(({ value, spoiledBy }) => value === ceiling && spoiledBy !== null)!;
  const spoiler = trial.spoiledBy!;
  const reached = `${formatCount(bounds.lower)} ${unit}`;
  const hints: Record<Exclude<Spoiler, 'refused'>, string> = {
    EMFILE: `this process ran out of file descriptors beyond ${reached}${of(machine.descriptors?.limit, 'ulimit -n is')}: raise it (ulimit -n 1048576) or share the fleet among machines`,
    EADDRNOTAVAIL: `this machine ran out of source ports towards the target beyond ${reached}${of(machine.ports?.count, 'ports per address:')}: widen net.ipv4.ip_local_port_range, or name more addresses in \`localAddresses\``,
    CPU: `this machine's CPU was saturated beyond ${reached}, the target's limit lies higher: more --workers if it has idle cores, else more machines`,
    slip: `the generator was late beyond ${reached}, the target's limit lies higher: nothing else on this machine, more --workers, or more machines`,
    'dropped starts': `\`connect.maxInFlight\` left no room for more beyond ${reached}: raise it, or connect more slowly`,
  };
  const said = spoiler === 'EMFILE' || spoiler === 'EADDRNOTAVAIL' ? spoiler : (trial.reasons.at(-1) ?? null);
  const kind = spoiler as Exclude<Spoiler, 'refused'>;
  return { side: 'generator', kind, value: bounds.lower, said, hint: hints[kind] };
}

function of(amount: number | undefined, words: string): string {
  return amount === undefined ? '' : ` (${words} ${formatCount(amount)})`;
}

function targetsLimit(found: Found, upper: number): Limiter {
  const { bounds, trials } = found;
  const trial = trials.findLast(({ value, verdict }) => value === upper && verdict === 'failed')!;
  const value = bounds.lower;
  const [most] = trial.failures;
  if (most === undefined) return slow(found, trial);
  const said = saidBy(most);
  if (most.phase === 'reply' || most.phase === 'puback') return quota('rate', found, said);
  if (isRefusal(most)) return quota(quotaKind(found, upper), found, said);
  if (most.kind === 'timeout') return timeout(most, value);
  if (most.kind === 'unreachable')
    return { side: 'network', kind: 'unreachable', value, said, hint: most.hint };
  return { side: 'broker', kind: most.kind, value, said, hint: most.hint };
}

/** Turned away at the door: by a code, or by a connection that ends before its CONNACK. */
function isRefusal({ phase, kind }: FailureCount): boolean {
  return phase !== 'open' && ['rejected', 'closed', 'reset'].includes(kind);
}

function saidBy({ phase, kind, code }: FailureCount): string {
  if (phase === 'reply') return 'dropped silently';
  if (code.startsWith('CONNACK') || code.startsWith('PUBACK') || code.startsWith('DISCONNECT')) return code;
  if (phase === 'connack' && (kind === 'closed' || kind === 'reset')) return 'closed at accept';
  return code || kind;
}

/**
 * A quota by rate heals when it slows down, one by count does not. A search of connections slows down before it believes a failure; one that
 * was stopped before cannot tell. One of the connect rate closes what it opens: where it fails all the same with as many open whatever the
 * rate, it is the number that counts.
 */
function quotaKind({ of, trials }: Found, upper: number): 'rate' | 'count' | undefined {
  if (of === 'connections') {
    const failed = trials.filter(({ value, verdict }) => value === upper && verdict === 'failed');
    return failed.length > 1 ? 'count' : undefined;
  }
  const failed = trials.filter(({ verdict }) => verdict === 'failed');
  const spread = (values: number[]): number => Math.max(...values) / Math.max(1, Math.min(...values));
  const atSameNumber = spread(failed.map(({ peak }) => peak)) < 1.05 && failed.every(({ peak }) => peak > 1);
  const atManyRates = spread(failed.map(({ value }) => value)) > 1.5;
  return atSameNumber && atManyRates && atPeakOnly(failed, trials) ? 'count' : 'rate';
}

/** None that held had as many open. */
function atPeakOnly(failed: readonly LimitTrial[], trials: readonly LimitTrial[]): boolean {
  const least = Math.min(...failed.map(({ peak }) => peak));
  return trials.every(({ verdict, peak }) => verdict !== 'held' || peak < least);
}

function quota(by: 'rate' | 'count' | undefined, found: Found, said: string): Limiter {
  const { of, unit, bounds, trials } = found;
  const held = `${formatCount(bounds.lower)} ${unit}`;
  const count = of === 'connections' ? bounds.lower : Math.max(...trials.map(({ peak }) => peak));
  const name = { side: 'broker', kind: by === undefined ? 'quota' : `quota by ${by}`, said } as const;
  if (by === undefined) {
    const hint = `above ${held} the endpoint turned devices away (${said}); whether by count or by rate, the search was stopped before it could tell`;
    return { ...name, value: bounds.lower, hint };
  }
  if (by === 'count') {
    const hint = `the endpoint holds ${formatCount(count)} connections and turns the next one away (${said}), however slowly it comes: raise its quota, or spread the fleet over more endpoints`;
    return { ...name, value: count, hint };
  }
  const hint =
    of === 'message-rate'
      ? `above ${held} the endpoint does not take all (${said}): send less often per device, raise its quota, or spread the load over more devices`
      : `above ${held} the endpoint turns devices away (${said}): connect more slowly, and let a fleet that comes back wait a random time (reconnect.policy: exponential)`;
  return { ...name, value: bounds.lower, hint };
}

function timeout({ phase, hint }: FailureCount & { hint: string }, value: number): Limiter {
  const network = phase === 'tcp' || phase === 'tls' || phase === 'dns';
  const names: Record<string, string> = { tcp: 'SYN timeout', tls: 'TLS timeout', dns: 'DNS timeout' };
  return { side: network ? 'network' : 'broker', kind: names[phase] ?? 'timeout', value, said: null, hint };
}

/** Everything was answered, but late; or messages did not come back that nobody acknowledges. */
function slow({ of, unit, bounds }: Found, trial: LimitTrial): Limiter {
  const value = bounds.lower;
  const said = trial.reasons[0] ?? null;
  if (trial.success < 1 && of === 'message-rate') {
    const hint = `above ${formatCount(value)} ${unit} messages get lost without a word: a quota, or queues that overflow`;
    return { side: 'broker', kind: 'lost messages', value, said, hint };
  }
  const hint = `above ${formatCount(value)} ${unit} the endpoint answers too late: it is saturated, or the way to it is; --max-p99 says what is too late`;
  return { side: 'broker', kind: 'slow', value, said, hint };
}

/** What else was seen on the way, in words: connects that got in once they came more slowly. */
export function notesOn(trials: readonly LimitTrial[]): string[] {
  const faster = trials.findLast((trial) => trials.some((other) => heals(other, trial)));
  if (faster === undefined) return [];
  const slower = trials.findLast((trial) => heals(trial, faster))!;
  const [some, more] = [formatCount(faster.carried), formatCount(slower.carried)];
  return [
    `at ${faster.rampPerSec} connects/s only ${some} of ${formatCount(faster.value)} got in, at ${slower.rampPerSec} connects/s ${more}: there is a quota by rate too, which --of connect-rate finds`,
  ];
}
