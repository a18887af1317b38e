/** What the stand-in sends and when: CONNACK, PUBACK, replies and messages, delayed or spoilt on request, timed in any case. */

import type { Clock } from '../../model/clock.ts';
import { PACKET } from '../../mqtt/frames.ts';
import { withExpiry } from '../../mqtt/messages/message-properties.ts';
import { Outbox } from '../../mqtt/outbox.ts';
import { PacketWriter, publishBytes } from '../../mqtt/packet-writer.ts';
import type { Counts } from '../endpoint/counts.ts';
import type { Session } from '../endpoint/session.ts';
import type { Answer, Truth } from '../endpoint/truth.ts';
import type { Faults } from '../faults/faults.ts';
import type { Message } from '../sessions/message.ts';

const PINGRESP = Uint8Array.of(0xd0, 0);

export class Answers {
  private readonly clock: Clock;
  private readonly truth: Truth;
  private readonly counts: Counts;
  private readonly faults: Faults | undefined;
  private readonly outbox = new Outbox();
  private readonly writer = new PacketWriter(this.outbox, '3.1.1', 0);
  private readonly writer5 = new PacketWriter(this.outbox, '5', 0);

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

  /** `code` is a reason code in MQTT 5. The truth holds accepted sign-ins only. */
  connack(session: Session, code: number, sessionPresent = false, properties?: Uint8Array): void {
    this.writerOf(session).connack(session.stream, code, sessionPresent, properties);
    // Nothing follows on this connection for a while, and how long the answer took is to be told: it goes now.
    this.outbox.flush();
    if (code === 0) this.sent('connack', session.connectUs);
  }

  /** The same for a CONNECT of MQTT 5 that says nothing but that it is one. */
  refuseUnread({ stream }: Session, reason: number): void {
    this.writer5.connack(stream, reason, false);
    this.outbox.flush();
  }

  /** The last word to a device that knows reasons. */
  disconnect({ stream }: Session, reason: number): void {
    this.writer5.disconnect(stream, reason);
  }

  /** Codes in the order of the filters. */
  suback(session: Session, messageId: number, codes: number[]): void {
    this.writerOf(session).acknowledgment(session.stream, PACKET.suback, messageId, codes);
  }

  unsuback(session: Session, messageId: number, codes: number[]): void {
    this.writerOf(session).acknowledgment(session.stream, PACKET.unsuback, messageId, codes);
  }

  pingresp(session: Session): void {
    this.outbox.append(session.stream, PINGRESP);
  }

  /**
   * A stand-in with slow answers still reads. Delayed acknowledgments may overtake one another (MQTT 3.1.1, 4.6 would have them in order):
   * each has a delay of its own, and clients match them by id. `reason` is one of MQTT 5.
   */
  puback(session: Session, messageId: number, askedUs: number, reason = 0): void {
    if (this.faults === undefined) this.writePuback(session, messageId, askedUs, reason);
    else this.pubackWhenDue(this.faults, session, messageId, askedUs, reason);
  }

  /** Apart from `puback`, which would hold its closure ready for every message. */
  private pubackWhenDue(
    faults: Faults,
    session: Session,
    messageId: number,
    askedUs: number,
    reason: number,
  ): void {
    faults.whenDue('puback', askedUs, () => this.writePuback(session, messageId, askedUs, reason));
  }

  reply(session: Session, { topic, payload, qos }: Message, askedUs: number): void {
    const message: Message = { topic, payload, qos, askedUs };
    if (this.faults === undefined) this.sendReply(session, message);
    else this.replyWhenDue(this.faults, session, message, askedUs);
  }

  private replyWhenDue(faults: Faults, session: Session, message: Message, askedUs: number): void {
    faults.whenDue('reply', askedUs, () => this.sendReply(session, message));
  }

  private sendReply(session: Session, message: Message): void {
    if (session.closed) return;
    this.counts.replies_sent++;
    this.deliver(session, message);
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

  /** Sends what was kept for a device, as much as it takes at once. */
  sendKept(session: Session): void {
    const { outgoing } = session.state;
    if (outgoing === undefined || session.closed) return;
    const nowUs = this.clock.nowUs();
    for (;;) {
      const kept = outgoing.next(session.receiveMaximum, nowUs);
      if (kept === undefined) return;
      const { message, packetId, copies, isRepeated } = kept;
      if (isRepeated) this.counts.messages_resent++;
      if (!this.write(session, message, packetId, copies, isRepeated)) outgoing.done(packetId);
    }
  }

  private readonly send = (session: Session, message: Message, copies: 1 | 2): void => {
    if (session.closed) return;
    const { outgoing } = session.state;
    if (message.qos === 0) this.write(session, message, 0, copies, false);
    else if (outgoing === undefined) this.write(session, message, session.nextMessageId(), copies, false);
    else if (outgoing.add(message, copies, this.clock.nowUs())) this.sendKept(session);
  };

  /**
   * Never retained: the platform has no retained messages on 3.1.1, and here none on 5, a PUBLISH with the flag is taken as one without.
   * False for a message that the device does not take: it is as if it had been sent [MQTT-3.1.2-25].
   */
  private write(
    session: Session,
    message: Message,
    packetId: number,
    copies: 1 | 2,
    isRepeated: boolean,
  ): boolean {
    const { topic, payload, qos, askedUs } = message;
    const properties = session.isMqtt5 ? this.propertiesOf(message) : undefined;
    const { maximumPacketBytes } = session;
    if (
      maximumPacketBytes !== Number.POSITIVE_INFINITY &&
      publishBytes(topic, payload, qos === 0 ? 0 : 1, true, properties?.length) > maximumPacketBytes
    ) {
      this.counts.messages_too_large++;
      return false;
    }
    this.counts.messages_delivered += copies;
    const writer = this.writerOf(session);
    writer.publish(session.stream, topic, payload, packetId, isRepeated, properties);
    // A second one says so, unless at QoS 0 [MQTT-3.3.1-2].
    if (copies === 2) writer.publish(session.stream, topic, payload, packetId, qos > 0, properties);
    if (askedUs !== undefined) this.sent('reply', askedUs);
    return true;
  }

  private propertiesOf({ properties, expiresUs }: Message): Uint8Array | undefined {
    if (expiresUs === undefined) return properties;
    const leftSec = Math.max(0, Math.ceil((expiresUs - this.clock.nowUs()) / 1e6));
    return withExpiry(properties ?? new Uint8Array(0), leftSec);
  }

  private writePuback(session: Session, messageId: number, askedUs: number, reason: number): void {
    if (session.closed) return;
    this.writerOf(session).puback(session.stream, messageId, reason);
    this.sent('puback', askedUs);
  }

  private writerOf({ isMqtt5 }: Session): PacketWriter {
    return isMqtt5 ? this.writer5 : this.writer;
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
