/** What the stand-in sends and when: CONNACK, PUBACK, replies and messages, delayed or spoilt on request, timed in any case. */

import type { Clock } from '../../model/clock.ts';
import { PACKET } from '../../mqtt/frames.ts';
import { Outbox } from '../../mqtt/outbox.ts';
import { PacketWriter } from '../../mqtt/packet-writer.ts';
import type { Counts } from '../endpoint/counts.ts';
import type { Session } from '../endpoint/session.ts';
import type { Answer, Truth } from '../endpoint/truth.ts';
import type { Message } from '../faults/fault.ts';
import type { Faults } from '../faults/faults.ts';

const PINGRESP = Uint8Array.of(0xd0, 0);

export class Answers {
  private readonly clock: Clock;
  private readonly truth: Truth;
  private readonly counts: Counts;
  private readonly faults: Faults | undefined;
  private readonly outbox = new Outbox();
  private readonly writer = new PacketWriter(this.outbox, '3.1.1', 0);

  constructor(clock: Clock, truth: Truth, counts: Counts, faults: Faults | undefined) {
    this.clock = clock;
    this.truth = truth;
    this.counts = counts;
    this.faults = faults;
  }

  /** Calls back when a CONNECT may be answered; never, if the connection ends before. */
  whenConnackDue(session: Session, answer: () => void): void {
    if (this.faults === undefined) {
      answer();
      return;
    }
    this.faults.whenDue('connack', session.connectUs, () => {
      if (!session.closed) answer();
    });
  }

  /** The truth holds accepted sign-ins only. */
  connack(session: Session, returnCode: number, sessionPresent = false): void {
    this.outbox.append(
      session.stream,
      Uint8Array.of(PACKET.connack << 4, 2, sessionPresent ? 1 : 0, returnCode),
    );
    // Nothing follows on this connection for a while, and how long the answer took is to be told: it goes now.
    this.outbox.flush();
    if (returnCode === 0) this.sent('connack', session.connectUs);
  }

  /** Return codes in the order of the filters. */
  suback(session: Session, messageId: number, returnCodes: number[]): void {
    this.writer.acknowledgment(session.stream, PACKET.suback, messageId, returnCodes);
  }

  unsuback(session: Session, messageId: number): void {
    this.writer.acknowledgment(session.stream, PACKET.unsuback, messageId);
  }

  pingresp(session: Session): void {
    this.outbox.append(session.stream, PINGRESP);
  }

  /**
   * A stand-in with slow answers still reads. Delayed acknowledgments may overtake one another (MQTT 3.1.1, 4.6 would have them in order):
   * each has a delay of its own, and clients match them by id.
   */
  puback(session: Session, messageId: number, askedUs: number): void {
    if (this.faults === undefined) this.writePuback(session, messageId, askedUs);
    else this.faults.whenDue('puback', askedUs, () => this.writePuback(session, messageId, askedUs));
  }

  reply(session: Session, message: Message, askedUs: number): void {
    const send = (): void => {
      if (session.closed) return;
      this.counts.replies_sent++;
      this.deliver(session, { ...message, askedUs });
    };
    if (this.faults === undefined) send();
    else this.faults.whenDue('reply', askedUs, send);
  }

  /** The secret of a device that has registered, which counts from its CONNECT. */
  handOut(session: Session, message: Message): void {
    const send = (): void => {
      if (session.closed) return;
      this.deliver(session, message);
      this.sent('register', session.connectUs);
    };
    if (this.faults === undefined) send();
    else this.faults.whenDue('register', session.connectUs, send);
  }

  deliver(session: Session, message: Message): void {
    if (this.faults === undefined) this.send(session, message, 1);
    else this.faults.deliver(session, message, this.send);
  }

  /** Never retained: the platform has no retained messages on 3.1.1, a PUBLISH with the flag is taken as one without. */
  private readonly send = (session: Session, message: Message, copies: 1 | 2): void => {
    if (session.closed) return;
    const { topic, payload, qos, askedUs } = message;
    const messageId = qos === 0 ? 0 : session.nextMessageId();
    this.counts.messages_delivered += copies;
    this.writer.publish(session.stream, topic, payload, messageId);
    // A second one says so, unless at QoS 0 [MQTT-3.3.1-2].
    if (copies === 2) this.writer.publish(session.stream, topic, payload, messageId, qos > 0);
    if (askedUs !== undefined) this.sent('reply', askedUs);
  };

  private writePuback(session: Session, messageId: number, askedUs: number): void {
    if (session.closed) return;
    this.writer.puback(session.stream, messageId);
    this.sent('puback', askedUs);
  }

  /** What is written while a fault holds it is sent later. */
  private sent(answer: Answer, askedUs: number): void {
    if (this.faults?.isHolding) {
      this.faults.whenLeft(() => this.truth.record(answer, this.clock.nowUs() - askedUs));
    } else {
      this.truth.record(answer, this.clock.nowUs() - askedUs);
    }
  }
}
