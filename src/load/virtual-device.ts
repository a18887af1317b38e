/** One triple's behaviour during a run: sign, connect, subscribe, publish on its own schedule, return when cut off, close. */
import { Attempt } from '../client/attempt.ts';
import type { Connection, ConnectionHandler } from '../client/connection.ts';
import type { Failure } from '../client/failure.ts';
import { refusedSubscription } from '../client/server-limits.ts';
import type { DeviceContext } from './device-context.ts';
import { Messenger } from './messenger.ts';
import { ReconnectSchedule } from './reconnect-schedule.ts';
import { recordConnect, signIn } from './sign-in.ts';
import { WheelTimer } from './wheel.ts';

/** `away`: the connection was lost and the next attempt is not due yet. */
type State = 'connecting' | 'subscribing' | 'ready' | 'away' | 'closing' | 'over';

/**
 * What a device holds on to while it is connected outlives its youth, and the collector of garbage copies it twice: of how it came to be
 * connected nothing is kept. The wheel timer it is itself is the deadline of the attempt, then of the SUBACK, then the end of a stay that has one; while away, the
 * time of the next attempt.
 */
export class VirtualDevice extends WheelTimer implements ConnectionHandler {
  private readonly context: DeviceContext;
  /** Index in the device list. */
  readonly row: number;
  private messenger: Messenger;
  private readonly reconnects: ReconnectSchedule | undefined = undefined;
  private state: State = 'connecting';
  /** While it is under way. */
  private attempt: Attempt | undefined;
  private connection: Connection;
  /** When the connection was lost; 0 before the first loss. What follows is a return, not a connect. */
  private lostUs = 0;
  private subscribeUs = 0;
  private subacksMissing = 0;
  private countedSent = 0;
  private countedReceived = 0;

  /** Starts at once; `dueUs` is when the schedule said it should have, on the shard's clock. */
  constructor(context: DeviceContext, row: number, dueUs: number) {
    super();
    const { recorder, clock, scenario, random } = context;
    this.context = context;
    this.row = row;
    if (scenario.reconnect) this.reconnects = new ReconnectSchedule(scenario.reconnect, random);
    const attempt = new Attempt(clock, dueUs);
    recorder.counters.connects_started++;
    recorder.trends.connect_slip.record(Math.max(0, attempt.startUs - dueUs));
    this.connection = this.connect(attempt);
    this.messenger = new Messenger(context, row);
  }

  private connect(attempt: Attempt): Connection {
    const { load, wheel, scenario } = this.context;
    this.attempt = attempt;
    load.connecting++;
    load.outstanding++;
    this.reconnects?.started(attempt.startUs);
    const connection = signIn(this.context, this.row, attempt, this);
    wheel.arm(this, attempt.startUs + scenario.connect.timeoutUs);
    return connection;
  }

  // --- the connection's side

  opened(serviceUs: number): void {
    if (this.lostUs > 0) this.recordReturn();
    else recordConnect(this.context.recorder, this.attempt!, serviceUs);
    this.attemptEnded();
    this.context.load.open++;
    this.reconnects?.succeeded();
    this.subscribe();
  }

  failed(failure: Failure): void {
    const { counters } = this.context.recorder;
    this.attemptEnded();
    this.countBytes();
    this.record(failure);
    if (this.lostUs > 0) {
      counters.reconnects_failed++;
      this.goAway();
    } else {
      counters.connects_failed++;
      this.state = 'over';
    }
  }

  lost(failure: Failure): void {
    const { recorder, load, clock } = this.context;
    this.countBytes();
    this.subscribingEnded();
    // The broker can no longer answer these, whether or not it took them.
    this.messenger.detach('messages_failed');
    load.open--;
    recorder.counters.disconnects++;
    this.record(failure);
    this.lostUs = clock.nowUs();
    this.goAway();
  }

  subscribed(returnCodes: number[]): void {
    const { recorder, clock } = this.context;
    if (this.state !== 'subscribing') return;
    recorder.trends.subscribe_suback.record(clock.nowUs() - this.subscribeUs);
    for (const code of returnCodes) {
      if (code >= 128) this.record(refusedSubscription(code));
    }
    this.subacksMissing -= returnCodes.length;
    if (this.subacksMissing <= 0) this.ready();
  }

  acked(packetId: number, reasonCode: number): void {
    const refusal = this.messenger.acked(packetId, reasonCode);
    if (refusal !== undefined) this.record(refusal);
  }

  drained(): void {
    this.messenger.drained();
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

  fire(): void {
    if (this.state === 'connecting') {
      this.connection.expire();
    } else if (this.state === 'subscribing') {
      this.record({ phase: 'suback', kind: 'timeout', code: '' });
      this.ready();
    } else if (this.state === 'away') {
      this.comeBack();
    } else if (this.state === 'ready') {
      this.close();
    }
  }

  /** A trial begins: messages, numbers and streams as of a run of their own. */
  renew(): void {
    this.messenger = new Messenger(this.context, this.row);
    if (this.state === 'ready') this.messenger.attach(this.connection);
  }

  /** A trial is over: what is not connected by now is given up, what has not been answered never will be. */
  settle(): void {
    if (this.state === 'ready') this.messenger.detach('messages_unacked');
    else this.close();
  }

  /** The run is over: no new messages, no new attempts; what is under way may finish. */
  drain(): void {
    this.messenger.stop();
    if (this.state === 'away') this.giveUp();
  }

  /** Once a second: bytes since the last call go to the counters, answers whose time is up are given up, keepalives sent. */
  tick(nowUs: number): void {
    this.countBytes();
    this.messenger.expireReplies(nowUs);
    this.connection.tick(nowUs);
  }

  /** Messages that count as sent, and would be cut off if it closed now. */
  get hasUnwritten(): boolean {
    return this.state === 'ready' && this.connection.unwrittenBytes > 0;
  }

  get over(): boolean {
    return this.state === 'over';
  }

  /** The end of the run: what has not been answered by now never will be. */
  close(): void {
    const { recorder, load, wheel } = this.context;
    if (this.state === 'away') this.giveUp();
    if (this.state === 'over' || this.state === 'closing') return;
    load.closing++;
    wheel.disarm(this);
    if (this.state === 'connecting') {
      this.attemptEnded();
      if (this.lostUs === 0) recorder.counters.connects_cancelled++;
    } else {
      this.subscribingEnded();
      this.messenger.detach('messages_unacked');
      load.open--;
    }
    this.state = 'closing';
    this.connection.close();
  }

  /** Appends what the ledger of the shard needs of this device. */
  report(sent: number[], received: number[]): void {
    this.messenger.report(sent, received);
  }

  // --- connecting and coming back

  private attemptEnded(): void {
    const { load, wheel } = this.context;
    this.attempt = undefined;
    wheel.disarm(this);
    load.connecting--;
    load.outstanding--;
  }

  private recordReturn(): void {
    const { recorder, clock } = this.context;
    recorder.counters.reconnects_ok++;
    recorder.trends.reconnect_latency.record(clock.nowUs() - this.lostUs);
    recorder.triesOfReturn(this.reconnects!.tries);
  }

  private goAway(): void {
    const { clock, wheel, publishEndUs } = this.context;
    const nextUs = this.reconnects?.nextUs(clock.nowUs()) ?? Number.POSITIVE_INFINITY;
    this.state = 'away';
    if (nextUs < publishEndUs) wheel.arm(this, nextUs);
    else if (this.reconnects === undefined || clock.nowUs() >= publishEndUs) this.giveUp();
  }

  private giveUp(): void {
    this.context.wheel.disarm(this);
    this.messenger.stop();
    this.state = 'over';
  }

  private comeBack(): void {
    const { clock, recorder } = this.context;
    recorder.counters.reconnects_started++;
    this.state = 'connecting';
    this.countedSent = this.countedReceived = 0;
    this.connection = this.connect(new Attempt(clock));
  }

  // --- subscribing

  private subscribe(): void {
    const { clock, wheel, load, scenario, subscriptions, devices } = this.context;
    this.state = 'subscribing';
    this.subacksMissing = subscriptions.length;
    load.outstanding++;
    if (subscriptions.length === 0) {
      this.ready();
      return;
    }
    const identity = devices.identity(this.row);
    this.subscribeUs = clock.nowUs();
    wheel.arm(this, this.subscribeUs + scenario.connect.timeoutUs);
    this.connection.subscribe(subscriptions.map(({ topic, qos }) => ({ topic: topic(identity), qos })));
  }

  private subscribingEnded(): void {
    if (this.state !== 'subscribing') return;
    this.context.wheel.disarm(this);
    this.context.load.outstanding--;
  }

  private ready(): void {
    this.subscribingEnded();
    this.state = 'ready';
    this.messenger.attach(this.connection);
    const { stayUs, clock, wheel } = this.context;
    if (stayUs !== undefined) wheel.arm(this, clock.nowUs() + stayUs);
  }

  private countBytes(): void {
    const { counters } = this.context.recorder;
    const { bytesSent, bytesReceived } = this.connection;
    counters.bytes_sent += bytesSent - this.countedSent;
    counters.bytes_received += bytesReceived - this.countedReceived;
    this.countedSent = bytesSent;
    this.countedReceived = bytesReceived;
  }

  private record(failure: Failure): void {
    const { recorder, devices } = this.context;
    recorder.fail(failure.phase, failure.kind, failure.code, devices.deviceName(this.row));
  }
}
