/** The MQTT side of the stand-in: the protocol as far as devices use it (3.1.1 and 5, QoS 0 and 1), with the platform's rules. */
import type { Duplex } from 'node:stream';
import type { Clock } from '../../model/clock.ts';
import { readDisconnect } from '../../mqtt/device-packets.ts';
import { PACKET, wholePacket } from '../../mqtt/frames.ts';
import { readOnlyAsFastAsWritten } from '../../mqtt/owned-stream.ts';
import { isSoundPuback } from '../../mqtt/server-packets.ts';
import type { StandInRules } from '../../platform/check.ts';
import { Answers } from '../answers/answers.ts';
import { closeStream } from '../faults/disconnect.ts';
import type { Faults } from '../faults/faults.ts';
import type { QuotaKeeper } from '../quotas/quota-keeper.ts';
import { Router } from '../sessions/router.ts';
import { expiryUsOf, SessionStates } from '../sessions/session-states.ts';
import { type Will, Wills } from '../sessions/wills.ts';
import type { Counts } from './counts.ts';
import { DeviceConnections } from './device-connections.ts';
import { Distribution } from './distribution.ts';
import { Entrance } from './entrance.ts';
import { REASON } from './mqtt5.ts';
import { Patience } from './patience.ts';
import { Reception } from './reception.ts';
import type { Refusals } from './refusals.ts';
import { Session, type SessionOwner } from './session.ts';
import type { SignInDesk } from './sign-in.ts';
import { SubscribeDesk } from './subscribe-desk.ts';
import type { Truth } from './truth.ts';
import { Uplinks } from './uplinks.ts';

/** All that is heard of a device that registers. */
const PASSING: readonly number[] = [PACKET.puback, PACKET.pingreq, PACKET.disconnect];

export class StandInEndpoint implements SessionOwner {
  private readonly counts: Counts;
  private readonly clock: Clock;
  private readonly faults: Faults | undefined;
  private readonly answers: Answers;
  private readonly rules: StandInRules;
  private readonly uplinks: Uplinks;
  readonly patience: Patience;
  readonly refusals: Refusals;
  private readonly devices: DeviceConnections;
  private readonly states: SessionStates;
  private readonly router = new Router();
  private readonly wills: Wills;
  private readonly distribution: Distribution;
  private readonly subscribing: SubscribeDesk;
  private readonly entrance: Entrance;
  private isClosing = false;

  constructor(
    desk: SignInDesk,
    counts: Counts,
    { clock, truth, faults, quotas }: { clock: Clock; truth: Truth; faults?: Faults; quotas?: QuotaKeeper },
  ) {
    this.counts = counts;
    this.clock = clock;
    this.faults = faults;
    const { rules } = desk;
    this.rules = rules;
    const isOpen = rules.isOpenBroker ?? false;
    const answers = new Answers(clock, truth, counts, faults);
    this.answers = answers;
    const devices = new DeviceConnections(
      (session) => this.end(session, REASON.sessionTakenOver),
      () => this.counts.kicked++,
    );
    this.devices = devices;
    const { router } = this;
    const states = new SessionStates(clock, (state) => router.removeAll(state));
    this.states = states;
    this.distribution = new Distribution(isOpen, { clock, counts, answers }, { devices, states, router });
    faults?.serve(this.distribution);
    const wills = new Wills((topicPrefix, will) => this.publishWill(topicPrefix, will));
    this.wills = wills;
    this.uplinks = new Uplinks(
      clock,
      counts,
      quotas,
      answers,
      faults !== undefined,
      rules,
      this.distribution,
    );
    this.subscribing = new SubscribeDesk({ counts, answers, quotas }, rules, this.distribution, router);
    this.patience = new Patience(clock, this.endNow, { states, wills });
    const reception = new Reception(desk, counts, quotas);
    this.refusals = reception.refusals;
    this.entrance = new Entrance({
      ...{ clock, counts, faults, answers, reception, devices, states, wills },
      takesAnyWill: isOpen,
      patience: this.patience,
      end: this.endNow,
    });
  }

  /** Takes over a connection of any transport. */
  accept(stream: Duplex, tls: boolean, certificate?: string): void {
    const session = new Session(this, stream, tls, this.clock.nowUs(), certificate);
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
      this.end(session, REASON.protocolError);
      return;
    }
    const length = to - from;
    if (type === PACKET.connect) {
      this.patience.saidConnect(session);
      this.entrance.connect(session, wholePacket(bytes, from, to), length);
    } else {
      const reason = this.take(session, first, bytes, from, to);
      if (reason !== REASON.none) this.end(session, reason);
    }
    this.readOnlyWhatIsTaken(session);
  }

  /** Returns the reason for which the packet ends the connection, or 0. */
  private take(session: Session, first: number, bytes: Buffer, from: number, to: number): number {
    // Who came for a secret has no session, and is not known by it yet.
    if (session.isPassing && !PASSING.includes(first >> 4)) return REASON.notAuthorized;
    switch (first >> 4) {
      case PACKET.publish:
        return this.uplinks.publish(session, first, bytes, from, to);
      case PACKET.puback:
        if (!isSoundPuback(bytes, from, to, session.isMqtt5)) return REASON.malformedPacket;
        this.acknowledged(session, bytes.readUInt16BE(from));
        return REASON.none;
      case PACKET.subscribe:
        return this.subscribing.subscribe(session, wholePacket(bytes, from, to), to - from);
      case PACKET.unsubscribe:
        return this.subscribing.unsubscribe(session, wholePacket(bytes, from, to), to - from);
      case PACKET.pingreq:
        if (from !== to) return REASON.malformedPacket;
        this.answers.pingresp(session);
        return REASON.none;
      case PACKET.disconnect:
        return this.takeLeave(session, bytes, from, to);
      default:
        // What only servers send, a part of QoS 2, or AUTH, which no CONNECT here has begun.
        return REASON.protocolError;
    }
  }

  private acknowledged(session: Session, packetId: number): void {
    const { outgoing } = session.state;
    if (outgoing === undefined) return;
    outgoing.done(packetId);
    this.answers.sendKept(session);
  }

  /** A device that says goodbye leaves no will, unless it says so. */
  private takeLeave(session: Session, bytes: Buffer, from: number, to: number): number {
    const { isMqtt5, state } = session;
    const said = isMqtt5 ? readDisconnect(bytes, from, to) : { code: REASON.none };
    if (typeof said === 'number') return said;
    if (said.code !== REASON.disconnectWithWill) session.will = undefined;
    if ('sessionExpirySec' in said && said.sessionExpirySec !== undefined) {
      // [MQTT-3.14.2-2]: what was to end with the connection cannot be kept any more.
      if (state.expiryUs === 0 && said.sessionExpirySec > 0) return REASON.protocolError;
      state.expiryUs = expiryUsOf(true, false, said.sessionExpirySec);
    }
    this.end(session);
    return REASON.none;
  }

  /** Ends the connection unless something else has, after what was said; its device's place is free then. */
  end(session: Session, reason: number = REASON.none): void {
    if (session.closed) return;
    session.closed = true;
    this.patience.ended(session);
    if (session.open) {
      session.open = false;
      this.counts.connections_open--;
      this.counts.disconnects++;
      this.faults?.ended(session);
      if (reason !== REASON.none && session.isMqtt5) this.answers.disconnect(session, reason);
      if (!session.isPassing) this.leave(session);
    }
    closeStream(session.stream);
    if (session.topicPrefix !== undefined) this.devices.ended(session.topicPrefix, session);
  }

  /** Ends every connection, without wills: nobody is left to hear them. */
  close(): void {
    this.isClosing = true;
    this.patience.close();
  }

  private leave({ state, will }: Session): void {
    const { expiryUs, topicPrefix } = state;
    this.states.left(state);
    if (will !== undefined && !this.isClosing)
      this.wills.died(topicPrefix, will, expiryUs, this.clock.nowUs());
  }

  private publishWill(topicPrefix: string, { message, expirySec }: Will): void {
    if (!this.rules.isOwnTopic(message.topic, topicPrefix)) {
      this.counts.publishes_unauthorized++;
      return;
    }
    this.counts.wills_sent++;
    const expiresUs = this.clock.nowUs() + expirySec * 1e6;
    const from = this.states.of(topicPrefix);
    this.distribution.publish(Number.isFinite(expiresUs) ? { ...message, expiresUs } : message, from);
  }

  /** A device that does not read its answers and messages is not read from either. */
  private readOnlyWhatIsTaken({ stream, closed }: Session): void {
    if (!closed && !this.faults?.isHolding) readOnlyAsFastAsWritten(stream);
  }

  private readonly endNow = (session: Session, reason?: number): void => this.end(session, reason);
}
