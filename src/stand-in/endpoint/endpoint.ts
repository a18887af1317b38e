/** The MQTT side of the stand-in: the protocol as far as devices use it (3.1.1, QoS 0 and 1), with the platform's rules. */
import type { Duplex } from 'node:stream';
import type { Clock } from '../../model/clock.ts';
import { readConnect, readSubscribe, readUnsubscribe } from '../../mqtt/device-packets.ts';
import { PACKET, wholePacket } from '../../mqtt/frames.ts';
import { readOnlyAsFastAsWritten } from '../../mqtt/owned-stream.ts';
import type { StandInRules } from '../../platform/check.ts';
import { Answers } from '../answers/answers.ts';
import { closeStream } from '../faults/disconnect.ts';
import type { Faults } from '../faults/faults.ts';
import type { QuotaKeeper } from '../quotas/quota-keeper.ts';
import { type Counts, countRefusal } from './counts.ts';
import { DeviceConnections } from './device-connections.ts';
import { Patience } from './patience.ts';
import { Reception } from './reception.ts';
import { Session, type SessionOwner } from './session.ts';
import type { Refusal, SignInDesk } from './sign-in.ts';
import type { Truth } from './truth.ts';
import { Uplinks } from './uplinks.ts';

const REFUSED_SUBSCRIPTION = 0x80;

export class StandInEndpoint implements SessionOwner {
  private readonly counts: Counts;
  private readonly clock: Clock;
  private readonly faults: Faults | undefined;
  private readonly quotas: QuotaKeeper | undefined;
  private readonly answers: Answers;
  private readonly reception: Reception;
  private readonly rules: StandInRules;
  private readonly uplinks: Uplinks;
  readonly patience: Patience;
  private readonly devices: DeviceConnections;
  /** Filters of devices that connected without clean session, by topic prefix: what outlasts their connections. */
  private readonly persistent = new Map<string, Set<string>>();

  constructor(
    desk: SignInDesk,
    counts: Counts,
    { clock, truth, faults, quotas }: { clock: Clock; truth: Truth; faults?: Faults; quotas?: QuotaKeeper },
  ) {
    this.counts = counts;
    this.clock = clock;
    this.faults = faults;
    this.quotas = quotas;
    this.rules = desk.rules;
    this.reception = new Reception(desk, counts, quotas);
    this.answers = new Answers(clock, truth, counts, faults);
    this.uplinks = new Uplinks(clock, counts, quotas, this.answers, faults !== undefined, desk.rules);
    this.patience = new Patience(clock, (session) => this.end(session));
    this.devices = new DeviceConnections(
      (session) => this.end(session),
      () => this.counts.kicked++,
    );
  }

  /** Takes over a connection of any transport. */
  accept(stream: Duplex, tls: boolean): void {
    const session = new Session(this, stream, tls, this.clock.nowUs());
    this.patience.came(session);
    stream.on('data', (chunk: Buffer) => session.read(chunk, this.clock.nowUs()));
    // What went wrong does not matter: 'close' follows.
    stream.on('error', () => {});
    stream.on('end', () => this.end(session));
    stream.on('close', () => {
      this.end(session);
      this.faults?.closed(stream);
    });
    this.faults?.opened(stream);
  }

  packet(session: Session, first: number, bytes: Buffer, from: number, to: number): void {
    const type = first >> 4;
    // CONNECT comes first, and once [MQTT-3.1.0-1, MQTT-3.1.0-2].
    if ((type === PACKET.connect) !== (session.signIn === undefined)) {
      this.end(session);
      return;
    }
    const length = to - from;
    switch (type) {
      case PACKET.connect:
        this.onConnect(session, wholePacket(bytes, from, to), length);
        break;
      case PACKET.publish:
        if (!this.uplinks.publish(session, first, bytes, from, to)) this.end(session);
        break;
      case PACKET.puback:
        if (length !== 2) this.end(session);
        break;
      case PACKET.subscribe:
        this.onSubscribe(session, wholePacket(bytes, from, to), length);
        break;
      case PACKET.unsubscribe:
        this.onUnsubscribe(session, wholePacket(bytes, from, to), length);
        break;
      case PACKET.pingreq:
        if (length === 0) this.answers.pingresp(session);
        else this.end(session);
        break;
      default:
        // DISCONNECT, what only servers send, or a part of QoS 2.
        this.end(session);
    }
    this.readOnlyWhatIsTaken(session);
  }

  /** Ends the connection unless something else has, after what was said; its device's place is free then. */
  end(session: Session): void {
    if (session.closed) return;
    session.closed = true;
    this.patience.ended(session);
    if (session.open) {
      session.open = false;
      this.counts.connections_open--;
      this.counts.disconnects++;
      this.faults?.ended(session);
    }
    closeStream(session.stream);
    if (session.topicPrefix !== undefined) this.devices.ended(session.topicPrefix, session);
  }

  close(): void {
    this.patience.close();
  }

  private onConnect(session: Session, bytes: Buffer, length: number): void {
    const packet = readConnect(bytes, length);
    if (packet === undefined) {
      this.end(session);
      return;
    }
    this.patience.saidConnect(session);
    session.connectUs = this.clock.nowUs();
    session.keepaliveUs = (packet.keepalive ?? 0) * 1e6;
    this.faults?.connectArrived(session.connectUs, this.endNow);
    session.signIn = this.reception.judge(session, packet);
    session.wait();
    this.answers.whenConnackDue(session, () => this.answerConnect(session, packet.clean ?? true));
  }

  private answerConnect(session: Session, clean: boolean): void {
    const signIn = this.reception.judgeRoom(session.signIn!, this.devices);
    session.signIn = signIn;
    if (!signIn.ok) {
      this.refuse(session, signIn);
      return;
    }
    this.devices.enter(signIn.topicPrefix, session, () => {
      this.admit(session);
      this.answers.connack(session, 0, this.restore(session, signIn.topicPrefix, clean));
      session.goOn();
    });
  }

  private refuse(session: Session, refusal: Refusal): void {
    if ('returnCode' in refusal) {
      countRefusal(this.counts, refusal.returnCode);
      this.answers.connack(session, refusal.returnCode);
    } else if (refusal.unanswered === 'ignore') {
      return;
    }
    this.end(session);
  }

  /** Counts before the CONNACK is written, as with every count: whoever has the answer finds it in the books. */
  private admit(session: Session): void {
    this.counts.connects_ok++;
    this.counts.connections_open++;
    session.open = true;
    this.faults?.admitted(session);
  }

  /**
   * The platform knows a device by its triple, so that is whose persistent session it is, whatever the client id. Returns whether there
   * was one. Only filters are kept: no message comes for a device that is away, since nobody else can address it.
   */
  private restore(session: Session, topicPrefix: string, clean: boolean): boolean {
    const kept = clean ? undefined : this.persistent.get(topicPrefix);
    if (clean) this.persistent.delete(topicPrefix);
    const filters = kept ?? new Set<string>();
    if (!clean) this.persistent.set(topicPrefix, filters);
    session.restore(filters);
    return kept !== undefined;
  }

  private onSubscribe(session: Session, bytes: Buffer, length: number): void {
    const packet = readSubscribe(bytes, length);
    if (packet === undefined) {
      this.end(session);
      return;
    }
    const { messageId, subscriptions } = packet;
    // The platform ignores a subscription's QoS, the sender's holds; the SUBACK still grants what was asked.
    const codes = subscriptions.map(({ topic, qos }, position) =>
      this.takeSubscription(session, topic, position) ? Math.min(qos, 1) : REFUSED_SUBSCRIPTION,
    );
    this.answers.suback(session, messageId, codes);
  }

  private takeSubscription(session: Session, filter: string, position: number): boolean {
    const { rules } = this;
    const topicPrefix = session.topicPrefix!;
    const isAllowed =
      (rules.isOwnTopic(filter, topicPrefix) || rules.isHeardTopic?.(filter, topicPrefix) === true) &&
      !this.quotas?.isOverSubscriptions(session, filter, position);
    this.counts[isAllowed ? 'subscribes' : 'subscribes_refused']++;
    if (isAllowed) session.subscribe(filter);
    return isAllowed;
  }

  private onUnsubscribe(session: Session, bytes: Buffer, length: number): void {
    const packet = readUnsubscribe(bytes, length);
    if (packet === undefined) {
      this.end(session);
      return;
    }
    for (const filter of packet.filters) session.unsubscribe(filter);
    this.answers.unsuback(session, packet.messageId);
  }

  /** A device that does not read its answers and messages is not read from either. */
  private readOnlyWhatIsTaken({ stream, closed }: Session): void {
    if (!closed && !this.faults?.isHolding) readOnlyAsFastAsWritten(stream);
  }

  private readonly endNow = (session: Session): void => this.end(session);
}
