/** From CONNECT to CONNACK: who is let in takes its device's place, comes back to its session, and leaves its will. */
import type { Clock } from '../../model/clock.ts';
import { type ConnectPacket, readConnect } from '../../mqtt/device-packets.ts';
import type { Handout } from '../../platform/check.ts';
import type { Answers } from '../answers/answers.ts';
import type { Faults } from '../faults/faults.ts';
import { expiryUsOf, type SessionStates } from '../sessions/session-states.ts';
import type { Will, Wills } from '../sessions/wills.ts';
import { type Counts, countRefusal } from './counts.ts';
import type { DeviceConnections } from './device-connections.ts';
import { connackProperties, reasonOf } from './mqtt5.ts';
import type { Patience } from './patience.ts';
import type { Reception } from './reception.ts';
import type { Session } from './session.ts';
import type { Entry, Refusal } from './sign-in.ts';

export interface EntranceParts {
  clock: Clock;
  counts: Counts;
  faults: Faults | undefined;
  answers: Answers;
  reception: Reception;
  devices: DeviceConnections;
  states: SessionStates;
  wills: Wills;
  patience: Patience;
  /** Without MQTT 5 the platform has no wills. */
  takesAnyWill: boolean;
  end(session: Session, reason?: number): void;
}

export class Entrance {
  private readonly parts: EntranceParts;

  constructor(parts: EntranceParts) {
    this.parts = parts;
  }

  /** Takes a whole packet and the length of its body. */
  connect(session: Session, bytes: Buffer, length: number): void {
    const { clock, faults, reception, answers, end } = this.parts;
    const packet = readConnect(bytes, length);
    if (typeof packet === 'number') {
      // Who speaks MQTT 5 is told; the version stands where 3.1.1 has it too.
      if (isOfMqtt5(bytes, length)) this.refuseUnread(session, packet);
      end(session);
      return;
    }
    session.introduce(packet);
    session.connectUs = clock.nowUs();
    faults?.connectArrived(session.connectUs, end);
    session.signIn = reception.judge(session, packet);
    session.wait();
    answers.whenConnackDue(session, () => this.answer(session, packet));
  }

  /** No code of 3.1.1 says the same. */
  private refuseUnread(session: Session, reason: number): void {
    this.parts.counts.connects_refused++;
    this.parts.answers.refuseUnread(session, reason);
  }

  private answer(session: Session, packet: ConnectPacket): void {
    const { reception, devices } = this.parts;
    const signIn = reception.judgeRoom(session, packet, devices);
    session.signIn = signIn;
    if (!signIn.ok) {
      this.refuse(session, signIn);
      return;
    }
    if (signIn.handOut !== undefined) {
      this.handOut(session, signIn.handOut);
      return;
    }
    devices.enter(signIn.topicPrefix, session, () => this.admit(session, signIn, packet));
  }

  private refuse(session: Session, refusal: Refusal): void {
    const { counts, answers, end } = this.parts;
    if ('returnCode' in refusal) {
      countRefusal(counts, refusal.returnCode);
      answers.connack(session, session.isMqtt5 ? reasonOf(refusal) : refusal.returnCode);
    } else if (refusal.unanswered === 'ignore') {
      return;
    }
    end(session);
  }

  /** Counts before the CONNACK is written, as with every count: whoever has the answer finds it in the books. */
  private letIn(session: Session): void {
    const { counts, faults } = this.parts;
    counts.connects_ok++;
    counts.connections_open++;
    session.open = true;
    faults?.admitted(session);
  }

  /** CONNACK and one message, to who takes no device's place and has no session. */
  private handOut(session: Session, handOut: () => Handout): void {
    const { clock, counts, patience, answers } = this.parts;
    const { topic, payload, closesAfterSec } = handOut();
    counts.registers_ok++;
    this.letIn(session);
    session.keepaliveUs = Number.POSITIVE_INFINITY;
    patience.letPass(session, clock.nowUs() + closesAfterSec * 1e6);
    answers.connack(session, 0);
    answers.handOut(session, { topic, payload: Buffer.from(payload), qos: 0 });
    session.goOn();
  }

  private admit(session: Session, entry: Entry, packet: ConnectPacket): void {
    const { counts, states, wills, answers } = this.parts;
    const { clean = true, clientId, keepalive = 0, properties = {} } = packet;
    const { topicPrefix, automatic, greeting } = entry;
    entry.onEntry?.();
    this.letIn(session);
    if (entry.overlooked !== undefined) counts.connects_securemode_mismatch++;
    const { state, isPresent } = states.enter(topicPrefix, clean);
    const { sessionExpiryInterval } = properties;
    const expiryUs = expiryUsOf(session.isMqtt5, clean, sessionExpiryInterval);
    state.remember(expiryUs, session.isBounded, counts, states.room);
    state.automatic = automatic;
    session.state = state;
    wills.returned(topicPrefix, isPresent);
    session.will = this.willOf(packet);
    const assigned = clientId === '' ? nameOf(topicPrefix) : undefined;
    const said = session.isMqtt5 ? connackProperties(keepalive, sessionExpiryInterval, assigned) : undefined;
    answers.connack(session, 0, isPresent, said);
    answers.sendKept(session);
    if (greeting !== undefined)
      answers.deliver(session, { topic: greeting.topic, payload: Buffer.from(greeting.payload), qos: 0 });
    session.goOn();
  }

  private willOf({ protocolVersion, will, willProperties }: ConnectPacket): Will | undefined {
    if (will === undefined || (protocolVersion !== 5 && !this.parts.takesAnyWill)) return undefined;
    const { passedOn, expirySec = Number.POSITIVE_INFINITY, willDelaySec = 0 } = willProperties ?? {};
    const message = {
      topic: will.topic,
      payload: will.payload,
      qos: will.qos === 0 ? 0 : 1,
      properties: passedOn,
    } as const;
    return { message, expirySec, delayUs: willDelaySec * 1e6 };
  }
}

/** What a device without a client id is known by here: with this for one it comes back to its session. */
function nameOf(topicPrefix: string): string {
  return topicPrefix.slice(topicPrefix.indexOf('/', 1) + 1);
}

function isOfMqtt5(bytes: Buffer, length: number): boolean {
  const body = bytes.subarray(bytes.length - length);
  return body.subarray(0, 7).equals(MQTT_5);
}

const MQTT_5 = Buffer.from([0, 4, 0x4d, 0x51, 0x54, 0x54, 5]);
