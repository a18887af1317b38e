/**
 * A stand-in that is stuck: it takes connections and reads what devices send, and answers nothing until it thaws. Writes are held by
 * Node's own cork, under the packets: CONNACK, SUBACK, PUBACK and PINGRESP alike, in their order; services over HTTP do not answer
 * either. TLS and WebSocket handshakes are not MQTT and go on.
 */
import type { Duplex } from 'node:stream';
import { duration, object, someTime } from '../../input/fields.ts';
import { parseDurationUs } from '../../model/units.ts';
import type { Answer } from '../endpoint/truth.ts';
import { parseList, readBy } from '../flag-text.ts';
import { type ActiveFault, type Fault, type FaultContext, oneOrMore } from './fault.ts';

/** A span since the first CONNECT. */
interface Span {
  atUs: number;
  forUs: number;
}

const span = object({
  at: duration().meta({ description: 'Since the first CONNECT' }),
  for: someTime().meta({ description: 'How long' }),
}).transform((value): Span => ({ atUs: value.at, forUs: value.for }));

function parseSpans(given: string): Span[] | undefined {
  return parseList(given, (part) => {
    const [at = '', length = '', ...more] = part.split('+');
    const atUs = parseDurationUs(at);
    const forUs = parseDurationUs(length);
    // A freeze of no length would end before it begins, and then last.
    if (atUs === undefined || !forUs || more.length > 0) return undefined;
    return { atUs, forUs };
  });
}

export const freeze = {
  key: 'freeze',
  schema: oneOrMore(span, 'is no freeze; write { at: 5s, for: 2s } or a list of such').meta({
    description: '{ at, for }, or a list of such: it answers nothing for that long',
  }),
  flags: [
    {
      name: 'freeze',
      type: 'string',
      describe: 'Answer nothing in a span after the first CONNECT, as at+for: 5s+2s',
      schema: readBy(parseSpans, 'at+for, e.g. 5s+2s or 5s+2s,20s+1s'),
    },
  ],
  counters: [],
  begin: (spans, context) => new Freeze(spans, context),
} as const satisfies Fault<Span[]>;

export class Freeze implements ActiveFault {
  private readonly spans: Span[];
  private readonly at: FaultContext<never>['at'];
  private readonly streams = new Set<Duplex>();
  /** Freezes may overlap. */
  private depth = 0;
  private waiting: (() => void)[] = [];

  constructor(spans: Span[], { at }: Pick<FaultContext<never>, 'at'>) {
    this.spans = spans;
    this.at = at;
  }

  get isHolding(): boolean {
    return this.depth > 0;
  }

  began(nowUs: number): void {
    for (const { atUs, forUs } of this.spans) {
      this.at(nowUs + atUs, () => this.begin());
      this.at(nowUs + atUs + forUs, () => this.end());
    }
  }

  /**
   * Holds the decision about a CONNECT and not only the packet: a refusal is followed by the end of the connection, which would take a
   * CONNACK that is held with it. Answers over HTTP are on none of the streams.
   */
  hold(kind: Answer, _askedUs: number, answer: () => void): void {
    if (kind === 'connack' || kind === 'auth' || kind === 'register') this.whenLeft(answer);
    else answer();
  }

  opened(stream: Duplex): void {
    this.streams.add(stream);
    if (this.isHolding) stream.cork();
  }

  closed(stream: Duplex): void {
    this.streams.delete(stream);
  }

  begin(): void {
    if (this.depth++ > 0) return;
    for (const stream of this.streams) stream.cork();
  }

  end(): void {
    if (--this.depth > 0) return;
    for (const stream of this.streams) stream.uncork();
    const { waiting } = this;
    this.waiting = [];
    for (const action of waiting) action();
  }

  /** Calls back at once if nothing is frozen; otherwise when all that was held back has been written. */
  whenLeft(action: () => void): void {
    if (this.isHolding) this.waiting.push(action);
    else action();
  }
}
