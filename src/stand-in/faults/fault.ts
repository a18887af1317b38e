/** What a fault of the stand-in is: something that it does wrong on request, drawn from a seed and counted. */
import type { Duplex } from 'node:stream';
import * as z from 'zod';
import type { Wheel } from '../../load/time/wheel.ts';
import type { Clock } from '../../model/clock.ts';
import type { Session } from '../endpoint/session.ts';
import type { Answer } from '../endpoint/truth.ts';
import type { Message } from '../sessions/message.ts';
import type { Setting } from '../setting.ts';

export interface Fault<Value, Counter extends string = never> extends Setting<Value> {
  /** What it counts, each in the order in which it is listed. */
  counters: readonly Counter[];
  begin(value: Value, context: FaultContext<Counter>): ActiveFault;
}

/** What a fault has to work with. */
export interface FaultContext<Counter extends string> {
  clock: Clock;
  wheel: Wheel;
  counts: Record<Counter, number>;
  /** A stream of its own for each purpose: how many PUBACKs were delayed does not change which message is dropped. */
  random(purpose: string): () => number;
  /** Acts at a moment of the clock. */
  at(dueUs: number, action: () => void): void;
}

/** What really sends: one packet, or it and its copy in a row. */
export type Send = (session: Session, message: Message, copies: 1 | 2) => void;

/** Where messages come from that no device has sent. */
export interface Cloud {
  /** Sends each device its message, connected or away, if it has subscribed to the topic. */
  toEach(messageFor: (topicPrefix: string) => Message): void;
}

/** A fault at work, told and asked at the moments that are its own. */
export interface ActiveFault {
  /** A connection has come, or gone. */
  opened?(stream: Duplex): void;
  closed?(stream: Duplex): void;
  /** The first CONNECT has come: the zero of all moments in a plan. `end` ends a connection. */
  began?(nowUs: number, end: (session: Session) => void): void;
  /** The stand-in is there, before anybody comes. */
  serves?(cloud: Cloud): void;
  /** A device is let in, or one that was has gone. */
  admitted?(session: Session): void;
  ended?(session: Session): void;
  /** Calls `answer` when what arrived at `askedUs` may be answered; at once where it does not hold this kind of answer up. */
  hold?(kind: Answer, askedUs: number, answer: () => void): void;
  /** Sends a message to a device, or does not, or does it later or twice. */
  deliver?(session: Session, message: Message, send: Send): void;
  /** Whether what is written now is held back; `whenLeft` calls back once it has left. */
  readonly isHolding?: boolean;
  whenLeft?(action: () => void): void;
}

/** A list of them; one alone needs no brackets. */
export function oneOrMore<Each extends z.ZodType>(each: Each, error: string) {
  return z.union([each.transform((one) => [one]), z.array(each)], { error });
}
