/** The flags of `mqtt-fleet broker` that ask for faults: each is one key of `broker` in a scenario, in a form that is shorter to type. */
import * as z from 'zod';
import type { Complain } from '../../input/fields.ts';
import type { FaultPlan } from '../../model/scenario.ts';
import { broker } from '../../scenario/schema/broker-schema.ts';
import { asWritten, type KeyFlag, keyFlags } from './key-flags.ts';

const DELAY_FORMS = '20ms, exponential:30ms or 90%:5ms,10%:200ms';
const A_DELAY = { write: writtenDelay, forms: `e.g. ${DELAY_FORMS}` };

const FAULTS = {
  delayConnack: {
    ...A_DELAY,
    key: 'delay.connack',
    description: `Answer CONNECTs this late: ${DELAY_FORMS}`,
  },
  delayPuback: {
    ...A_DELAY,
    key: 'delay.puback',
    description: 'Acknowledge PUBLISHes this late; same forms',
  },
  delayReply: {
    ...A_DELAY,
    key: 'delay.reply',
    description: 'Answer property posts this late; same forms',
  },
  freeze: {
    key: 'freeze',
    write: writtenFreezes,
    forms: 'at+for, e.g. 5s+2s or 5s+2s,20s+1s',
    description: 'Answer nothing in a span after the first CONNECT, as at+for: 5s+2s',
  },
  drop: { key: 'downlink.drop', description: 'Lose this share of the messages to devices: 1%' },
  repeat: { key: 'downlink.repeat', description: 'Send this share of them twice' },
  swap: { key: 'downlink.swap', description: 'Let the next message overtake this share of them' },
  disconnectAt: {
    key: 'disconnect',
    write: writtenCuts,
    forms: 'e.g. 10s, 10s:50% or 10s,20s',
    description: 'Cut the connections at a time after the first CONNECT: 10s, or 10s:50% for some',
  },
} as const satisfies Record<string, KeyFlag>;

export const FAULT_FLAGS = {
  ...keyFlags(FAULTS, 'Faults:', broker),
  seed: z
    .int()
    .optional()
    .meta({ group: 'Faults:', description: 'Of all that is drawn at random; 1 if not given' }),
};

type FaultValues = Partial<Record<keyof typeof FAULTS, unknown>>;

/** A rule of a scenario's `broker.downlink`. */
export function sharesAreOfOneWhole(values: FaultValues, complain: Complain): void {
  const { success } = broker.safeParse(asWritten(FAULTS, values) ?? {});
  if (!success) complain(['drop', 'repeat', 'swap'], 'the shares are more than 100% together');
}

/** The plan that was asked for; undefined where no fault was. */
export function faultPlanOf(values: FaultValues & { seed?: number | undefined }): FaultPlan | undefined {
  const { faults } = broker.parse(asWritten(FAULTS, values) ?? {});
  return faults && { ...faults, seed: values.seed };
}

/** As a scenario writes a delay: `exponential:30ms` is `{ exponential: 30ms }`. */
function writtenDelay(given: string): unknown {
  if (given.includes('%')) return parts(given, ':', (share, delay) => ({ share, delay }));
  return given.startsWith('exponential:') ? { exponential: given.slice('exponential:'.length) } : given;
}

function writtenFreezes(given: string): unknown {
  return parts(given, '+', (at, length) => ({ at, for: length }));
}

function writtenCuts(given: string): unknown {
  return parts(given, ':', (at, share = '100%') => ({ at, share }));
}

/** All parts between commas, each of one or two; undefined where one has more. A half that is missing is for the schema to say. */
function parts(
  given: string,
  between: string,
  write: (first?: string, second?: string) => object,
): object[] | undefined {
  const items = given.split(',').map((part) => part.split(between));
  return items.some(({ length }) => length > 2)
    ? undefined
    : items.map(([first, second]) => write(first, second));
}
