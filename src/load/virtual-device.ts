/** One triple's behaviour during a run: sign, connect, subscribe, publish on its own schedule, close. Every outcome becomes a number. */
import { Attempt } from '../client/attempt.ts';
import type { Connection, ConnectionHandler } from '../client/connection.ts';
import { CONNECT_PHASES, type ConnectPhase, type Failure } from '../client/failure.ts';
import type { Identity } from '../scenario/device-table.ts';
import type { TimeTrend } from '../scenario/metric-names.ts';
import { sign, timestampText } from '../signing/credentials.ts';
import { endpointOf, securemodeOf } from '../signing/endpoint.ts';
import type { DeviceContext } from './device-context.ts';
import { Messenger } from './messenger.ts';
import { WheelTimer } from './wheel.ts';

type State = 'connecting' | 'subscribing' | 'ready' | 'closing' | 'over';

const TREND_OF_PHASE = Object.fromEntries(
  CONNECT_PHASES.map((phase) => [phase, `connect_${phase}`]),
) as Record<ConnectPhase, TimeTrend>;

/** The wheel timer it is itself is the deadline: of the attempt, then of the SUBACK. */
export class VirtualDevice extends WheelTimer implements ConnectionHandler {
  private readonly context: DeviceContext;
  private readonly intendedStartUs: number;
  private readonly attempt: Attempt;
  private readonly connection: Connection;
  private readonly identity: Identity;
  private readonly messenger: Messenger;
  private state: State = 'connecting';
  private subscribeUs = 0;
  private subacksMissing = 0;
  private countedSent = 0;
  private countedReceived = 0;

  /** Starts at once; `dueUs` is when the schedule said it should have, on the shard's clock. `row` is its index in the device list. */
  constructor(context: DeviceContext, row: number, dueUs: number) {
    super();
    const { recorder, load, clock, wheel, scenario } = context;
    this.context = context;
    this.intendedStartUs = dueUs;
    this.attempt = new Attempt(clock);
    recorder.counters.connects_started++;
    recorder.trends.connect_slip.record(Math.max(0, this.attempt.startUs - dueUs));
    load.connecting++;
    load.outstanding++;

    const triple = context.devices.triple(row);
    const endpoint = endpointOf(context.target, triple.productKey);
    const timestamp = timestampText(scenario.auth.timestamp, Date.now());
    const credentials = sign(triple, scenario.auth.signmethod, securemodeOf(endpoint.protocol), timestamp);
    this.connection = context.client.connect(this.attempt, endpoint, credentials, this);
    // The secret ends here: what lives on knows the device by its names alone.
    const { productKey, deviceName, clientId } = triple;
    this.identity = { productKey, deviceName, clientId };
    this.messenger = new Messenger(context, this.connection, this.identity, row);
    wheel.arm(this, this.attempt.startUs + scenario.connect.timeoutUs);
  }

  // --- the connection's side

  opened(serviceUs: number): void {
    const { recorder, load } = this.context;
    this.attemptEnded();
    load.open++;
    recorder.counters.connects_ok++;
    recorder.trends.connect_service.record(serviceUs);
    const latencyUs = this.attempt.startUs + serviceUs - this.intendedStartUs;
    recorder.trends.connect_latency.record(Math.max(0, latencyUs));
    for (const phase of CONNECT_PHASES) {
      const durationUs = this.attempt.durationUs[phase];
      if (durationUs !== undefined) recorder.trends[TREND_OF_PHASE[phase]].record(durationUs);
    }
    this.subscribe();
  }

  failed(failure: Failure): void {
    this.attemptEnded();
    this.countBytes();
    this.state = 'over';
    this.context.recorder.counters.connects_failed++;
    this.record(failure);
  }

  lost(failure: Failure): void {
    const { recorder, load } = this.context;
    this.countBytes();
    this.subscribingEnded();
    // The broker can no longer answer these, whether or not it took them.
    this.messenger.end('messages_failed');
    load.open--;
    recorder.counters.disconnects++;
    this.state = 'over';
    this.record(failure);
  }

  subscribed(returnCodes: number[]): void {
    const { recorder, clock } = this.context;
    if (this.state !== 'subscribing') return;
    recorder.trends.subscribe_suback.record(clock.nowUs() - this.subscribeUs);
    for (const code of returnCodes) {
      if (code >= 128) this.record({ phase: 'suback', kind: 'rejected', code: `SUBACK ${code}` });
    }
    this.subacksMissing -= returnCodes.length;
    if (this.subacksMissing <= 0) this.ready();
  }

  acked(packetId: number, reasonCode: number): void {
    const refusal = this.messenger.acked(packetId, reasonCode);
    if (refusal !== undefined) this.record(refusal);
  }

  received(topic: string, payload: Buffer): void {
    this.messenger.received(topic, payload);
  }

  ended(): void {
    this.countBytes();
    this.state = 'over';
    this.context.load.closing--;
  }

  // --- the schedule's side

  /** The deadline of the attempt or of the SUBACK. */
  fire(): void {
    if (this.state === 'connecting') {
      this.connection.expire();
    } else if (this.state === 'subscribing') {
      this.record({ phase: 'suback', kind: 'timeout', code: '' });
      this.ready();
    }
  }

  stopPublishing(): void {
    this.messenger.stop();
  }

  /** Bytes since the last call go to the counters. */
  countBytes(): void {
    const { counters } = this.context.recorder;
    const { bytesSent, bytesReceived } = this.connection;
    counters.bytes_sent += bytesSent - this.countedSent;
    counters.bytes_received += bytesReceived - this.countedReceived;
    this.countedSent = bytesSent;
    this.countedReceived = bytesReceived;
  }

  get over(): boolean {
    return this.state === 'over';
  }

  /** The end of the run: what has not been answered by now never will be. */
  close(): void {
    const { recorder, load } = this.context;
    if (this.state === 'over' || this.state === 'closing') return;
    load.closing++;
    if (this.state === 'connecting') {
      this.attemptEnded();
      recorder.counters.connects_cancelled++;
    } else {
      this.subscribingEnded();
      this.messenger.end('messages_unacked');
      load.open--;
    }
    this.state = 'closing';
    this.connection.close();
  }

  private attemptEnded(): void {
    const { load, wheel } = this.context;
    wheel.disarm(this);
    load.connecting--;
    load.outstanding--;
  }

  private subscribe(): void {
    const { clock, wheel, load, scenario, subscriptions } = this.context;
    this.state = 'subscribing';
    this.subacksMissing = subscriptions.length;
    this.subscribeUs = clock.nowUs();
    load.outstanding++;
    if (subscriptions.length === 0) {
      this.ready();
      return;
    }
    wheel.arm(this, this.subscribeUs + scenario.connect.timeoutUs);
    this.connection.subscribe(subscriptions.map(({ topic, qos }) => ({ topic: topic(this.identity), qos })));
  }

  private subscribingEnded(): void {
    if (this.state !== 'subscribing') return;
    this.context.wheel.disarm(this);
    this.context.load.outstanding--;
  }

  private ready(): void {
    this.subscribingEnded();
    this.state = 'ready';
    this.messenger.start();
  }

  private record(failure: Failure): void {
    this.context.recorder.fail(failure.phase, failure.kind, failure.code, this.identity.deviceName);
  }
}
