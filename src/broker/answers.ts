/** What the stand-in sends and when: CONNACK, PUBACK, replies and messages, delayed or spoilt on request, timed in any case. */
import { writeToStream } from 'mqtt-packet';
import type { Clock } from '../clock.ts';
import type { Counts } from './counts.ts';
import { Downlink, type Message } from './downlink.ts';
import type { Faults } from './faults.ts';
import type { Session } from './session.ts';
import type { Answer, Truth } from './truth.ts';

export class Answers {
  private readonly clock: Clock;
  private readonly truth: Truth;
  private readonly counts: Counts;
  private readonly faults: Faults | undefined;
  private readonly downlink: Downlink | undefined;

  constructor(clock: Clock, truth: Truth, counts: Counts, faults: Faults | undefined) {
    this.clock = clock;
    this.truth = truth;
    this.counts = counts;
    this.faults = faults;
    const shares = faults?.plan.downlink;
    if (faults !== undefined && shares !== undefined) {
      this.downlink = new Downlink(shares, faults.random('downlink'), faults, counts, this.pastAedes);
    }
  }

  /**
   * Calls back when a CONNECT may be answered; never, if the connection ends before. A freeze holds the decision and not only the
   * packet: a refusal is followed by the end of the connection, which would take a CONNACK that is held with it.
   */
  whenConnackDue(session: Session, answer: () => void): void {
    if (this.faults === undefined) {
      answer();
      return;
    }
    const { freeze } = this.faults;
    const unlessEnded = () => {
      if (!session.client.closed) answer();
    };
    this.faults.whenDue('connack', session.connectUs, () => freeze.whenThawed(unlessEnded));
  }

  /** To be called when the CONNACK is the next thing that is written to the client: aedes tells of it only a turn of the loop later. */
  connackFollows(session: Session): void {
    const stream = session.client.conn;
    const first = (...parts: unknown[]): boolean => {
      // Uncovers the stream's own method again.
      Reflect.deleteProperty(stream, 'write');
      this.sent('connack', session.connectUs);
      return Reflect.apply(stream.write, stream, parts);
    };
    stream.write = first;
  }

  /**
   * `done` lets aedes read on: at once when the answer is delayed, since a broker with slow answers still reads. Delayed acknowledgments
   * may overtake one another (MQTT 3.1.1, 4.6 would have them in order): each has a delay of its own, and clients match them by id.
   */
  puback(session: Session, messageId: number, askedUs: number, done: () => void): void {
    if (this.faults === undefined) {
      this.writePuback(session, messageId, askedUs);
    } else {
      this.faults.whenDue('puback', askedUs, () => this.writePuback(session, messageId, askedUs));
    }
    // A device that does not read its acknowledgments is not read from either.
    if (session.client.conn.writableNeedDrain) session.client.conn.once('drain', done);
    else done();
  }

  reply(session: Session, message: Message, askedUs: number): void {
    const send = (): void => {
      if (session.client.closed) return;
      this.counts.replies_sent++;
      this.deliver(session, { ...message, askedUs });
    };
    if (this.faults === undefined) send();
    else this.faults.whenDue('reply', askedUs, send);
  }

  deliver(session: Session, message: Message): void {
    if (this.downlink === undefined) this.throughAedes(session, message);
    else this.downlink.send(session, message);
  }

  ended(session: Session): void {
    this.downlink?.ended(session);
  }

  /** Never retained: the platform has no retained messages on 3.1.1, a PUBLISH with the flag is taken as one without. */
  private throughAedes(session: Session, { topic, payload, qos, askedUs }: Message): void {
    session.client.publish({ cmd: 'publish', topic, payload, qos, retain: false, dup: false }, ignore);
    // Aedes writes a QoS 0 packet in the next setImmediate, just before this one.
    if (askedUs !== undefined) setImmediate(this.replySent, askedUs);
  }

  /**
   * Aedes does not tell the packet id that a copy must have, and what it stores for a persistent session it sends a little later than
   * the rest. So spoilt messages go past it all in one order, and none is kept for a device that signs in again.
   */
  private readonly pastAedes = (session: Session, message: Message, copies: 1 | 2): void => {
    // A turn later, as aedes does it: after the PUBACK.
    setImmediate(() => {
      const { client } = session;
      if (client.closed) return;
      const { topic, payload, qos, askedUs } = message;
      const messageId = qos === 0 ? undefined : session.takeMessageId();
      const packet = { cmd: 'publish', topic, payload, qos, retain: false, dup: false, messageId } as const;
      this.counts.messages_delivered += copies;
      writeToStream(packet, client.conn);
      // MQTT 3.1.1, 3.3.1.1: DUP is 0 for all QoS 0 messages.
      if (copies === 2) writeToStream({ ...packet, dup: qos > 0 }, client.conn);
      if (askedUs !== undefined) this.sent('reply', askedUs);
    });
  };

  private writePuback(session: Session, messageId: number, askedUs: number): void {
    if (session.client.closed) return;
    writeToStream({ cmd: 'puback', messageId }, session.client.conn);
    this.sent('puback', askedUs);
  }

  private readonly replySent = (askedUs: number): void => this.sent('reply', askedUs);

  /** What is written while frozen is sent with the thaw. */
  private sent(answer: Answer, askedUs: number): void {
    if (this.faults?.freeze.frozen) {
      this.faults.freeze.whenThawed(() => this.truth.record(answer, this.clock.nowUs() - askedUs));
    } else {
      this.truth.record(answer, this.clock.nowUs() - askedUs);
    }
  }
}

function ignore(): void {}
