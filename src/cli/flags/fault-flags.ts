/** The flags of `mqtt-fleet broker` that ask for faults, and the plan they make. */
import type { Options } from 'yargs';
import type { Problem } from '../../model/errors.ts';
import type { Delay, FaultPlan } from '../../model/scenario.ts';
import { parseDurationUs, parsePercent } from '../../model/units.ts';

export interface FaultFlags {
  delayConnack?: string;
  delayPuback?: string;
  delayReply?: string;
  freeze?: string;
  drop?: string;
  repeat?: string;
  swap?: string;
  disconnectAt?: string;
  seed?: number;
}

const DELAY_FORMS = '20ms, exponential:30ms or 90%:5ms,10%:200ms';

const text = (describe: string): Options => ({ type: 'string', group: 'Faults:', describe });

export const FAULT_OPTIONS = {
  'delay-connack': text(`Answer CONNECTs this late: ${DELAY_FORMS}`),
  'delay-puback': text('Acknowledge PUBLISHes this late; same forms'),
  'delay-reply': text('Answer property posts this late; same forms'),
  freeze: text('Answer nothing in a span after the first CONNECT, as at+for: 5s+2s'),
  drop: text('Lose this share of the messages to devices: 1%'),
  repeat: text('Send this share of them twice'),
  swap: text('Let the next message overtake this share of them'),
  'disconnect-at': text('Cut the connections at a time after the first CONNECT: 10s, or 10s:50% for some'),
  seed: { type: 'number', group: 'Faults:', describe: 'Of all that is drawn at random; 1 if not given' },
} as const satisfies Record<string, Options>;

/** The plan is undefined when no fault was asked for; it is of use only without problems. */
export function faultPlanOf(flags: FaultFlags): { plan?: FaultPlan; problems: Problem[] } {
  const problems: Problem[] = [];
  const read = <T>(
    flag: string,
    given: string | undefined,
    parse: (text: string) => T | undefined,
    hint: string,
  ) => {
    if (given === undefined) return undefined;
    const value = parse(given);
    if (value === undefined) problems.push({ file: flag, message: 'not of the form it takes', hint });
    return value;
  };
  const delay = present({
    connack: read('--delay-connack', flags.delayConnack, parseDelay, `e.g. ${DELAY_FORMS}`),
    puback: read('--delay-puback', flags.delayPuback, parseDelay, `e.g. ${DELAY_FORMS}`),
    reply: read('--delay-reply', flags.delayReply, parseDelay, `e.g. ${DELAY_FORMS}`),
  });
  const downlink = present({
    drop: read('--drop', flags.drop, parseShare, 'a share from 0% to 100%'),
    repeat: read('--repeat', flags.repeat, parseShare, 'a share from 0% to 100%'),
    swap: read('--swap', flags.swap, parseShare, 'a share from 0% to 100%'),
  });
  const { drop = 0, repeat = 0, swap = 0 } = downlink ?? {};
  if (drop + repeat + swap > 1) {
    problems.push({ file: '--drop, --repeat, --swap', message: 'the shares are more than 100% together' });
  }
  if (flags.seed !== undefined && !Number.isSafeInteger(flags.seed)) {
    problems.push({ file: '--seed', message: 'not a whole number' });
  }
  const asked = present({
    delay,
    downlink,
    freeze: read('--freeze', flags.freeze, parseFreezes, 'at+for, e.g. 5s+2s or 5s+2s,20s+1s'),
    disconnect: read('--disconnect-at', flags.disconnectAt, parseCuts, 'e.g. 10s, 10s:50% or 10s,20s'),
  });
  return { plan: asked && { seed: flags.seed, ...asked }, problems };
}

/** Shares of a mixture must be 100% together. */
export function parseDelay(given: string): Delay | undefined {
  if (given.includes('%')) return parseMixture(given);
  const exponential = given.startsWith('exponential:');
  const us = parseDurationUs(exponential ? given.slice('exponential:'.length) : given);
  if (us === undefined) return undefined;
  return exponential ? { kind: 'exponential', meanUs: us } : { kind: 'fixed', us };
}

function parseMixture(given: string): Delay | undefined {
  const parts = parseList(given, (part) => {
    const [percent = '', duration = '', ...more] = part.split(':');
    const share = parseShare(percent);
    const us = parseDurationUs(duration);
    return share === undefined || us === undefined || more.length > 0 ? undefined : { share, us };
  });
  if (parts === undefined) return undefined;
  const whole = parts.reduce((sum, { share }) => sum + share, 0);
  // Far below any share one could write on purpose, far above what adding fractions loses.
  return Math.abs(whole - 1) < 1e-9 ? { kind: 'mixture', parts } : undefined;
}

function parseShare(given: string): number | undefined {
  const share = parsePercent(given);
  return share !== undefined && share <= 1 ? share : undefined;
}

function parseFreezes(given: string): FaultPlan['freeze'] {
  return parseList(given, (part) => {
    const [at = '', length = '', ...more] = part.split('+');
    const atUs = parseDurationUs(at);
    const forUs = parseDurationUs(length);
    return atUs === undefined || forUs === undefined || more.length > 0 ? undefined : { atUs, forUs };
  });
}

function parseCuts(given: string): FaultPlan['disconnect'] {
  return parseList(given, (part) => {
    const [at = '', percent = '100%', ...more] = part.split(':');
    const atUs = parseDurationUs(at);
    const share = parseShare(percent);
    return atUs === undefined || share === undefined || more.length > 0 ? undefined : { atUs, share };
  });
}

/** All parts between commas, or undefined if one of them is wrong. */
function parseList<T>(given: string, parse: (part: string) => T | undefined): T[] | undefined {
  const items = given.split(',').map(parse);
  return items.every((item) => item !== undefined) ? items : undefined;
}

/** Undefined if every value is. */
function present<T extends object>(values: T): T | undefined {
  return Object.values(values).some((value) => value !== undefined) ? values : undefined;
}
