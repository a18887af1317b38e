/** One triple's life during a run: sign in, connect (again, where it failed), subscribe, behave while connected, return when cut off, close. */
import { Attempt } from '../../client/attempt.ts';
import type { Connection, ConnectionHandler } from '../../client/connection.ts';
import type { Identity } from '../../model/devices/device-table.ts';
import type { Failure } from '../../model/failure.ts';
import type { OpenLedger } from '../behaviour/behaviour.ts';
import type { SlotWaiter } from '../time/slots.ts';
import { WheelTimer } from '../time/wheel.ts';
import type { DeviceContext } from './device-context.ts';
import { loginFailure, signIn } from './login.ts';
import { MessageLink } from './message-link.ts';
import { recordConnect, recordFailure, recordReturn } from './outcomes.ts';
import { ReconnectSchedule } from './reconnect-schedule.ts';
import { Subscribing } from './subscribing.ts';

const CUT_OFF: Failure = { phase: 'publish', kind: 'cut-off', code: '' };

/**
 * `authenticating`: its login takes requests, and there is no connection yet. `away`: not connected, and the next attempt is not due yet
 * or finds no free slot.
 */
type State = 'authenticating' | 'connecting' | 'subscribing' | 'ready' | 'away' | 'closing' | 'over';

/**
 * What a device holds on to while it is connected outlives its youth, and the collector of garbage copies it twice: of how it came to be
 * connected nothing is kept. The wheel timer it is itself is the deadline of the attempt, then of the SUBACK, then the end of a stay that has one; while away, the
 * time of the next attempt.
 */
export class VirtualDevice extends WheelTimer implements ConnectionHandler, SlotWaiter {
  private readonly context: DeviceContext;
  /** Index in the device list. */
  readonly row: number;
  private readonly link: MessageLink;
  /** As long as there is a policy that it may need. */
  private schedule: ReconnectSchedule | undefined = undefined;
  private state: State = 'connecting';
  /** Its names, while it connects and subscribes: they are decoded once per attempt. */
  private identity: Identity | undefined;
  /** While it is under way. */
  private attempt: Attempt | undefined;
  /** While there is one: a device that is away, or over, keeps nothing of it. */
  private connection: Connection | undefined;
  /** Since when it should be connected: when its first connect was due, then the loss of the connection. */
  private sinceUs: number;
  /** It has been connected: what follows is a return, not a connect. */
  private wasOpen = false;
  /** While SUBACKs are awaited. */
  private subscribing: Subscribing | undefined = undefined;
  private countedSent = 0;
  private countedReceived = 0;

  /** Starts at once; `dueUs` is when the schedule said it should have, on the shard's clock. */
  constructor(context: DeviceContext, row: number, dueUs: number) {
    super();
    const { recorder, clock, scenario, random } = context;
    this.context = context;
    this.row = row;
    this.sinceUs = dueUs;
    const policy = scenario.connect.retry ?? scenario.reconnect;
    if (policy) this.schedule = new ReconnectSchedule(policy, random);
    const attempt = new Attempt(clock, dueUs);
    recorder.counters.connects_started++;
    recorder.trends.connect_slip.record(Math.max(0, attempt.startUs - dueUs));
    this.identity = context.devices.identity(row);
    this.connection = undefined;
    this.connect(attempt, this.identity);
    this.link = new MessageLink(context, row, this.identity);
  }

  private connect(attempt: Attempt, identity: Identity): void {
    const { load, wheel, scenario } = this.context;
    this.attempt = attempt;
    load.connecting++;
    load.outstanding++;
    this.schedule?.started(attempt.startUs);
    const connection = signIn(this.context, identity, this.row, attempt, this);
    wheel.arm(this, attempt.startUs + scenario.connect.timeoutUs);
    if (connection instanceof Promise) this.authenticate(connection, attempt);
    else this.connection = connection;
  }

  /** An attempt that was given up meanwhile hears no more of its login. */
  private authenticate(login: Promise<() => Connection>, attempt: Attempt): void {
    this.state = 'authenticating';
    login.then(
      (open) => {
        if (this.attempt !== attempt) return;
        this.state = 'connecting';
        this.connection = open();
      },
      (error: unknown) => {
        if (this.attempt === attempt) this.failed(loginFailure(attempt, error));
      },
    );
  }

  // --- the connection's side

  opened(serviceUs: number): void {
    const { recorder, load, scenario, clock } = this.context;
    if (this.wasOpen) recordReturn(recorder, clock.nowUs() - this.sinceUs, this.schedule!.tries);
    else recordConnect(recorder, this.attempt!, serviceUs);
    this.wasOpen = true;
    this.attemptEnded();
    load.open++;
    if (scenario.reconnect) this.schedule!.succeeded(scenario.reconnect);
    else this.schedule = undefined;
    this.subscribe();
  }

  failed(failure: Failure): void {
    this.attemptEnded();
    this.connectionEnded();
    recordFailure(this.context, this.row, failure);
    if (this.wasOpen) this.context.recorder.counters.reconnects_failed++;
    this.goAway();
  }

  lost(failure: Failure): void {
    const { recorder, load, clock } = this.context;
    this.connectionEnded();
    this.subscribingEnded();
    // The broker can no longer answer these, whether or not it took them.
    this.link.detach('broke');
    load.open--;
    recorder.counters.disconnects++;
    recordFailure(this.context, this.row, failure);
    this.sinceUs = clock.nowUs();
    this.goAway();
  }

  subscribed(returnCodes: number[], from: number): void {
    if (this.subscribing?.answered(returnCodes, from)) this.ready();
  }

  acked(packetId: number, reasonCode: number): void {
    this.link.acked(packetId, reasonCode);
  }

  drained(): void {
    this.link.drained();
  }

  received(topic: string, payload: Buffer, isRetained: boolean): void {
    this.link.received(topic, payload, isRetained);
  }

  ended(): void {
    this.connectionEnded();
    this.state = 'over';
    this.context.load.closing--;
  }

  // --- the schedule's side

  fire(): void {
    if (this.state === 'authenticating') {
      this.failed({ phase: this.attempt!.phase, kind: 'timeout', code: '' });
    } else if (this.state === 'connecting') {
      this.connection!.expire();
    } else if (this.state === 'subscribing') {
      recordFailure(this.context, this.row, { phase: 'suback', kind: 'timeout', code: '' });
      this.ready();
    } else if (this.state === 'away') {
      this.tryAgain();
    } else if (this.state === 'ready') {
      this.close();
    }
  }

  /** A trial begins: messages, numbers and streams as of a run of their own. */
  renew(): void {
    const { behaviours, devices } = this.context;
    this.link.renew(behaviours, this.identity ?? devices.identity(this.row));
    if (this.state === 'ready') this.link.attach(this.connection!);
  }

  /** A trial is over: what is not connected by now is given up, what has not been answered never will be. */
  settle(): void {
    if (this.state === 'ready') this.link.detach('closed');
    else this.close();
  }

  /** The run is over: no new messages, no new attempts; what is under way may finish. */
  drain(): void {
    this.link.stop();
    if (this.state === 'away') this.giveUp();
  }

  /** Once a second: bytes since the last call go to the counters, behaviours look at the time, keepalives are sent. */
  tick(nowUs: number): void {
    this.countBytes();
    this.link.tick(nowUs);
    this.connection?.tick(nowUs);
  }

  /** Messages that count as sent, and would be cut off if it closed now. */
  get hasUnwritten(): boolean {
    return this.state === 'ready' && this.connection!.unwrittenBytes > 0;
  }

  get over(): boolean {
    return this.state === 'over';
  }

  /** The end of the run: what has not been answered by now never will be. */
  close(): void {
    const { recorder, load, wheel } = this.context;
    if (this.state === 'away') this.giveUp();
    if (this.state === 'over' || this.state === 'closing') return;
    wheel.disarm(this);
    if (this.state === 'authenticating' || this.state === 'connecting') {
      this.attemptEnded();
      if (!this.wasOpen) recorder.counters.connects_cancelled++;
    } else {
      // What counts as sent at QoS 0 has perhaps not left: nobody acknowledges it, so it is said.
      if (this.connection!.unwrittenBytes > 0) recordFailure(this.context, this.row, CUT_OFF);
      this.subscribingEnded();
      this.link.detach('closed');
      load.open--;
    }
    // A login has no connection that could end: the attempt was abandoned with it.
    this.state = this.connection === undefined ? 'over' : 'closing';
    if (this.connection === undefined) return;
    load.closing++;
    this.connection.close();
  }

  /** Adds what the ledger of the shard needs of this device. */
  report(ledger: OpenLedger): void {
    this.link.report(ledger);
  }

  // --- connecting and coming back

  private attemptEnded(): void {
    const { load, wheel, slots } = this.context;
    if (this.state === 'authenticating') this.attempt!.abandon();
    this.attempt = undefined;
    wheel.disarm(this);
    load.connecting--;
    load.outstanding--;
    slots.freed();
  }

  private goAway(): void {
    const { clock, wheel, scenario, publishEndUs } = this.context;
    const nowUs = clock.nowUs();
    this.state = 'away';
    if ((this.wasOpen ? scenario.reconnect : scenario.connect.retry) === undefined || nowUs >= publishEndUs) {
      this.giveUp();
      return;
    }
    const nextUs = this.schedule!.nextUs(nowUs);
    if (nextUs < publishEndUs) wheel.arm(this, nextUs);
  }

  /** There will be no other attempt: a first connect has failed with its last one. */
  private giveUp(): void {
    const { wheel, slots, recorder } = this.context;
    wheel.disarm(this);
    slots.leave(this);
    this.link.stop();
    if (!this.wasOpen) recorder.counters.connects_failed++;
    this.state = 'over';
  }

  private tryAgain(): void {
    if (this.context.slots.areTaken) this.context.slots.await(this);
    else this.slotFree();
  }

  slotFree(): void {
    const { clock, recorder, devices } = this.context;
    recorder.counters[this.wasOpen ? 'reconnects_started' : 'connects_retried']++;
    this.state = 'connecting';
    this.identity = devices.identity(this.row);
    this.connect(new Attempt(clock, this.sinceUs), this.identity);
  }

  // --- subscribing

  private subscribe(): void {
    const { wheel, load, scenario, behaviours } = this.context;
    if (behaviours.every(({ subscriptions }) => subscriptions.length === 0)) {
      this.ready();
      return;
    }
    this.state = 'subscribing';
    load.outstanding++;
    this.subscribing = new Subscribing(this.context, this.link, this.identity!);
    this.connection!.subscribe(this.subscribing.wanted);
    wheel.arm(this, this.subscribing.sinceUs + scenario.connect.timeoutUs);
  }

  private subscribingEnded(): void {
    if (this.subscribing === undefined) return;
    this.subscribing = undefined;
    this.context.wheel.disarm(this);
    this.context.load.outstanding--;
  }

  private ready(): void {
    this.subscribingEnded();
    this.identity = undefined;
    this.state = 'ready';
    this.link.attach(this.connection!);
    const { stayUs, clock, wheel } = this.context;
    if (stayUs !== undefined) wheel.arm(this, clock.nowUs() + stayUs);
  }

  private connectionEnded(): void {
    this.countBytes();
    this.connection = this.identity = undefined;
    this.countedSent = this.countedReceived = 0;
  }

  private countBytes(): void {
    if (this.connection === undefined) return;
    const { counters } = this.context.recorder;
    const { bytesSent, bytesReceived } = this.connection;
    counters.bytes_sent += bytesSent - this.countedSent;
    counters.bytes_received += bytesReceived - this.countedReceived;
    this.countedSent = bytesSent;
    this.countedReceived = bytesReceived;
  }
}
