/** The flags of `mqtt-fleet limit` that say what is searched, how far, and what "holds" means. */

import type { Options } from 'yargs';
import type { LimitSettings } from '../../limit/limit-plan.ts';
import { LIMIT_KINDS, type LimitOf } from '../../limit/limit-report.ts';
import type { Problem } from '../../model/errors.ts';
import { parseDurationUs, parsePercent } from '../../model/units.ts';

export interface LimitFlags {
  of: LimitOf;
  resolution?: string;
  max?: number;
  budget: string;
  hold?: string;
  maxFailures: string;
  maxP99?: string;
}

export const LIMIT_OPTIONS = {
  of: {
    choices: LIMIT_KINDS,
    default: LIMIT_KINDS[0],
    describe: 'What to search: connections held at once, connects per second, messages per second',
  },
  max: { type: 'number', describe: 'Go no higher [what the devices allow]' },
  resolution: {
    type: 'string',
    describe:
      'Narrow enough: width of the interval in relation to its upper end [1%, and to the last connection within 64]',
  },
  hold: {
    type: 'string',
    describe: 'Length of a trial once it has its load [connections 2s, connect-rate 3s, message-rate 5s]',
  },
  'max-failures': {
    type: 'string',
    default: '0%',
    describe: 'Of the connects or messages of a trial that holds',
  },
  'max-p99': {
    type: 'string',
    describe:
      'Of connect latency or message round trip in a trial that holds, or none [connections none, rates 1s]',
  },
  budget: { type: 'string', default: '10m', describe: 'Stop after this time, with the bounds so far' },
} as const satisfies Record<string, Options>;

/** The settings are of use only without problems. */
export function limitSettingsOf(flags: LimitFlags): { settings: LimitSettings; problems: Problem[] } {
  const problems: Problem[] = [];
  const read = <T>(
    flag: string,
    given: string | undefined,
    parse: (text: string) => T | undefined,
    hint: string,
  ): T | undefined => {
    const value = given === undefined ? undefined : parse(given);
    if (given !== undefined && value === undefined) {
      problems.push({ file: flag, message: 'not of the form it takes', hint });
    }
    return value;
  };
  const { max } = flags;
  if (max !== undefined && !(Number.isSafeInteger(max) && max >= 1)) {
    problems.push({ file: '--max', message: 'not a whole number from 1' });
  }
  const settings = {
    max,
    resolution: read('--resolution', flags.resolution, someShare, 'e.g. 1% or 0.5%'),
    budgetUs: read('--budget', flags.budget, someTime, 'e.g. 10m or 90s') ?? 0,
    holdUs: read('--hold', flags.hold, someTime, 'e.g. 5s'),
    maxFailures: read('--max-failures', flags.maxFailures, properShare, 'a share below 100%, e.g. 0.1%') ?? 0,
    maxP99Us: read('--max-p99', flags.maxP99, someTimeOrNone, 'e.g. 500ms, or none'),
  };
  return { settings, problems };
}

function someTime(text: string): number | undefined {
  const us = parseDurationUs(text);
  return us !== undefined && us > 0 ? us : undefined;
}

function someTimeOrNone(text: string): number | null | undefined {
  return text === 'none' ? null : someTime(text);
}

function properShare(text: string): number | undefined {
  const share = parsePercent(text);
  return share !== undefined && share < 1 ? share : undefined;
}

function someShare(text: string): number | undefined {
  const share = properShare(text);
  return share !== undefined && share > 0 ? share : undefined;
}
