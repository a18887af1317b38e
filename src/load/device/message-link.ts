/**
 * The messages between a device's connection and its behaviours: what goes out, what comes back for it, and to whom. What becomes of a
 * message is booked here, the same for all behaviours, so that the books balance whatever they do.
 */
import type { Connection } from '../../client/connection.ts';
import type { Identity } from '../../model/devices/device-table.ts';
import type { Failure } from '../../model/failure.ts';
import type { Qos } from '../../model/scenario.ts';
import { FORBIDDEN, forbiddenMessage } from '../../mqtt/server-limits.ts';
import type {
  DeviceBehaviour,
  DeviceLink,
  Ending,
  OpenLedger,
  ShardBehaviour,
} from '../behaviour/behaviour.ts';
import type { DeviceContext } from './device-context.ts';
import { DeviceSession, type SessionHolder } from './device-session.ts';
import { InFlight } from './in-flight.ts';
import { obstacleTo } from './obstacle.ts';
import { recordFailure } from './outcomes.ts';

/**
 * Messages in flight of who has no pace: enough for the broker never to wait, few enough that a PUBACK tells of the broker rather than of
 * its own queue.
 */
const WINDOW = 100;

export class MessageLink implements DeviceLink, SessionHolder {
  readonly row: number;
  private readonly context: DeviceContext;
  /** The device's behaviours in the order of the shard's: a message's owner is an index of it. */
  behaviours: readonly DeviceBehaviour[] = NONE;
  private readonly inFlight = new InFlight();
  /** What outlives the connection; undefined where nothing does, or nobody comes back to it. */
  private readonly session: DeviceSession | undefined = undefined;
  /** The open connection; undefined while the device is away: its messages fall due all the same, and are not sent. */
  private connection: Connection | undefined = undefined;
  private halfWindow = 0;
  /** Bytes of the connection that are in the counters. */
  private countedSent = 0;
  private countedReceived = 0;

  constructor(context: DeviceContext, row: number, identity: Identity) {
    const { keptSession, reconnect } = context.scenario;
    this.context = context;
    this.row = row;
    if (keptSession !== undefined && reconnect !== undefined)
      this.session = new DeviceSession(this, context.recorder);
    this.renew(context.behaviours, identity);
  }

  /** A run or a trial begins: its behaviours, each of which goes on from what it had in the one before. */
  renew(shard: readonly ShardBehaviour[], identity: Identity): void {
    const before = this.behaviours;
    if (shard.length > 0) this.behaviours = shard.map((each, at) => each.attach(this, identity, before[at]));
  }

  // --- the behaviours' side

  canSend(qos: Qos): boolean {
    const { connection } = this;
    const obstacle = connection && obstacleTo(connection, qos, this.inFlight.size);
    if (connection !== undefined && obstacle === undefined) return true;
    this.context.recorder.counters.messages_scheduled++;
    if (obstacle !== undefined) this.notSent(obstacle);
    return false;
  }

  room(qos: Qos): number {
    const { connection } = this;
    if (connection === undefined) return 0;
    if (!connection.takesMore) {
      connection.awaitDrain();
      return 0;
    }
    if (qos === 0) return Number.POSITIVE_INFINITY;
    return Math.min(WINDOW, connection.limits.receiveMaximum) - this.inFlight.size;
  }

  publish(owner: number, topic: string, payload: string | Buffer, qos: Qos, intendedUs: number): boolean {
    const { recorder, load } = this.context;
    const { counters } = recorder;
    const connection = this.connection!;
    counters.messages_scheduled++;
    const packetId = connection.publish(topic, payload, qos);
    if (packetId === FORBIDDEN) {
      this.notSent(forbiddenMessage(connection.limits, qos));
      return false;
    }
    counters.messages_sent++;
    if (packetId === 0) {
      counters.messages_sent_qos0++;
    } else {
      this.inFlight.add(packetId, intendedUs, owner);
      this.session?.keep(packetId, topic, payload);
      load.outstanding++;
    }
    return true;
  }

  private notSent(failure: Failure): void {
    recordFailure(this.context, this.row, failure);
  }

  // --- the connection's side

  /** CONNACK: what the server still has of the session goes on, and the rest is forgotten. Returns whether the device is to subscribe. */
  opened(connection: Connection): boolean {
    if (!connection.isResumed) this.forget();
    else for (const behaviour of this.behaviours) behaviour.resumed?.();
    if (connection.isResumed) this.session?.resumed(connection);
    if (this.session?.isSubscribed) return false;
    return this.context.behaviours.some(({ subscriptions }) => subscriptions.length > 0);
  }

  /** All its subscriptions have their SUBACK. */
  subscribed(): void {
    if (this.session !== undefined) this.session.isSubscribed = true;
  }

  /** Its session is gone, or it does not come back: what waits for its PUBACK has failed with the connection that carried it. */
  private forget(): void {
    if (this.session !== undefined) this.unanswered('messages_failed');
  }

  forbidden(packetId: number, { limits }: Connection): void {
    const { recorder, load } = this.context;
    this.inFlight.take(packetId);
    load.outstanding--;
    recorder.counters.messages_failed++;
    this.notSent(forbiddenMessage(limits, 1));
  }

  /** The device waits for no more SUBACKs. */
  attach(connection: Connection): void {
    this.connection = connection;
    this.halfWindow = Math.floor(Math.min(WINDOW, connection.limits.receiveMaximum) / 2);
    for (const behaviour of this.behaviours) behaviour.connected?.();
  }

  awaitsAck(packetId: number): boolean {
    return this.inFlight.ownerOf(packetId) !== undefined;
  }

  /** A PUBACK; for a message that is not on its way, or not any more, it means nothing. */
  acked(packetId: number, reasonCode: number): void {
    const { recorder, clock, load } = this.context;
    const { inFlight } = this;
    const owner = inFlight.ownerOf(packetId);
    if (owner === undefined) return;
    const intendedUs = inFlight.take(packetId);
    load.outstanding--;
    this.session?.acknowledged(packetId);
    // Half a window at a time, so that packets still share a write.
    if (inFlight.size === this.halfWindow) this.drained();
    if (reasonCode >= 128) {
      recorder.counters.messages_failed++;
      this.notSent({ phase: 'puback', kind: 'rejected', code: `PUBACK ${reasonCode}` });
    } else {
      recorder.counters.messages_acked++;
      recorder.trends.publish_ack.record(clock.nowUs() - intendedUs);
    }
    this.behaviours[owner]?.acked?.(intendedUs, reasonCode);
  }

  /** What waited in this process has been written. */
  drained(): void {
    for (const behaviour of this.behaviours) behaviour.hasRoom?.();
  }

  /** The first of the behaviours to take it has it. */
  received(topic: string, payload: Buffer, isRetained: boolean): void {
    const { recorder, clock } = this.context;
    recorder.counters.messages_received++;
    const nowUs = clock.nowUs();
    for (const behaviour of this.behaviours)
      if (behaviour.received?.(topic, payload, isRetained, nowUs) === true) return;
  }

  /** Once a second. */
  tick(nowUs: number): void {
    for (const behaviour of this.behaviours) behaviour.tick?.(nowUs);
  }

  stop(): void {
    for (const behaviour of this.behaviours) behaviour.stop?.();
  }

  /** There will be no connection any more. */
  giveUp(): void {
    this.stop();
    this.forget();
  }

  /**
   * What has no PUBACK by now gets none, whether or not the server took it: it has failed where the connection broke, and stays
   * unacknowledged where the run ended. Of a session that is kept it waits for the device's return.
   */
  detach(how: Ending): void {
    this.connection = undefined;
    if (how === 'closed') this.unanswered('messages_unacked');
    else if (this.session === undefined) this.unanswered('messages_failed');
    else this.session.broke();
    for (const behaviour of this.behaviours) behaviour.detach?.(how);
  }

  private unanswered(counter: 'messages_failed' | 'messages_unacked'): void {
    const { recorder, load } = this.context;
    const { size } = this.inFlight;
    recorder.counters[counter] += size;
    load.outstanding -= size;
    this.inFlight.clear();
    this.session?.forget();
  }

  /** The bytes since the last call go to the counters; of a connection that is opened, too. */
  countBytes({ bytesSent, bytesReceived }: Connection): void {
    const { counters } = this.context.recorder;
    counters.bytes_sent += bytesSent - this.countedSent;
    counters.bytes_received += bytesReceived - this.countedReceived;
    this.countedSent = bytesSent;
    this.countedReceived = bytesReceived;
  }

  /** The next connection counts from 0. */
  ended(connection: Connection): void {
    this.countBytes(connection);
    this.countedSent = this.countedReceived = 0;
  }

  report(ledger: OpenLedger): void {
    for (const behaviour of this.behaviours) behaviour.report?.(ledger);
  }
}

/** The behaviours of all devices that only connect: there are many. */
const NONE: never[] = [];
