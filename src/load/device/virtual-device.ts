/** One triple's life during a run: sign in, connect (again, where it failed), subscribe, behave while connected, return when cut off, close. */
import type { Connection } from '../../client/connection.ts';
import type { Identity } from '../../model/devices/device-table.ts';
import type { Failure } from '../../model/failure.ts';
import type { SlotWaiter } from '../time/slots.ts';
import { WheelTimer } from '../time/wheel.ts';
import { Attempts } from './attempts.ts';
import type { DeviceContext } from './device-context.ts';
import { LoggingIn, type LoginHandler } from './logging-in.ts';
import { signIn } from './login.ts';
import { MessageLink } from './message-link.ts';
import { recordFailure } from './outcomes.ts';
import { Subscribing } from './subscribing.ts';

const CUT_OFF: Failure = { phase: 'publish', kind: 'cut-off', code: '' };

/** `authenticating`: its login takes requests. `away`: not connected, and the next attempt is not due yet or finds no free slot. */
type State = 'authenticating' | 'connecting' | 'subscribing' | 'ready' | 'away' | 'closing' | 'over';

/**
 * What a device holds on to while it is connected outlives its youth, and the collector of garbage copies it twice: of how it came to be
 * connected nothing is kept. The wheel timer it is itself is the deadline of the attempt, then of the SUBACK, then the end of a stay that
 * has one; while away, the time of the next attempt.
 */
export class VirtualDevice extends WheelTimer implements LoginHandler, SlotWaiter {
  private readonly context: DeviceContext;
  /** Index in the device list. */
  readonly row: number;
  /** Its messages and behaviours. */
  readonly link: MessageLink;
  /** Attempts to be connected; none once it is and need not come back. */
  private attempts: Attempts | undefined;
  private state: State = 'connecting';
  /** Its names while it connects and subscribes: they are decoded once per attempt. */
  private identity: Identity | undefined;
  /** Its connection while there is one: a device that is away, or over, keeps nothing of it. */
  private connection: Connection | undefined;
  /** Its SUBSCRIBE while SUBACKs are awaited. */
  private subscribing: Subscribing | undefined = undefined;

  /** Starts at once; `dueUs` is when the schedule said it should have, on the shard's clock. */
  constructor(context: DeviceContext, row: number, dueUs: number) {
    super();
    this.context = context;
    this.row = row;
    this.attempts = new Attempts(context, dueUs);
    this.connection = this.connect();
    this.link = new MessageLink(context, row, this.identity!);
  }

  private connect(): Connection {
    const { wheel, scenario, devices } = this.context;
    const attempt = this.attempts!.begin();
    this.identity = devices.identity(this.row);
    const connection = signIn(this.context, this.identity, this.row, attempt, this);
    this.state = connection instanceof LoggingIn ? 'authenticating' : 'connecting';
    wheel.arm(this, attempt.startUs + scenario.connect.timeoutUs);
    return connection;
  }

  // --- the connection's side

  authenticated(connection: Connection): void {
    this.state = 'connecting';
    this.connection = connection;
  }

  opened(serviceUs: number): void {
    const { wheel, load, scenario } = this.context;
    wheel.disarm(this);
    this.attempts!.opened(serviceUs);
    if (scenario.reconnect === undefined) this.attempts = undefined;
    load.open++;
    if (this.link.opened(this.connection!)) this.subscribe();
    else this.ready();
  }

  failed(failure: Failure): void {
    this.context.wheel.disarm(this);
    this.attempts!.failed();
    this.connectionEnded();
    recordFailure(this.context, this.row, failure);
    this.goAway();
  }

  lost(failure: Failure): void {
    const { recorder, load } = this.context;
    this.connectionEnded();
    this.subscribingEnded();
    this.link.detach('broke');
    load.open--;
    recorder.counters.disconnects++;
    recordFailure(this.context, this.row, failure);
    this.attempts?.lost();
    this.goAway();
  }

  subscribed(returnCodes: number[], from: number): void {
    if (this.subscribing?.answered(returnCodes, from)) this.ready();
  }

  awaitsAck(packetId: number): boolean {
    return this.link.awaitsAck(packetId);
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
    if (this.state === 'authenticating' || this.state === 'connecting') {
      this.connection!.expire();
    } else if (this.state === 'subscribing') {
      recordFailure(this.context, this.row, { phase: 'suback', kind: 'timeout', code: '' });
      this.ready();
    } else if (this.state === 'away') {
      if (this.context.slots.areTaken) this.context.slots.await(this);
      else this.slotFree();
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
    if (this.connection !== undefined) this.link.countBytes(this.connection);
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
    const { load, wheel } = this.context;
    if (this.state === 'away') this.giveUp();
    if (this.state === 'over' || this.state === 'closing') return;
    load.closing++;
    wheel.disarm(this);
    if (this.state === 'authenticating' || this.state === 'connecting') {
      this.attempts!.cancelled();
      this.link.giveUp();
    } else {
      // What counts as sent at QoS 0 has perhaps not left: nobody acknowledges it, so it is said.
      if (this.connection!.unwrittenBytes > 0) recordFailure(this.context, this.row, CUT_OFF);
      this.subscribingEnded();
      this.link.detach('closed');
      load.open--;
    }
    this.state = 'closing';
    this.connection!.close();
  }

  // --- connecting and coming back

  private goAway(): void {
    const { wheel, publishEndUs } = this.context;
    const nextUs = this.attempts?.nextUs();
    this.state = 'away';
    if (nextUs === undefined) this.giveUp();
    else if (nextUs < publishEndUs) wheel.arm(this, nextUs);
  }

  /** Ends the device's attempts. */
  private giveUp(): void {
    const { wheel, slots } = this.context;
    wheel.disarm(this);
    slots.leave(this);
    this.link.giveUp();
    this.attempts?.givenUp();
    this.state = 'over';
  }

  slotFree(): void {
    this.connection = this.connect();
  }

  // --- subscribing

  private subscribe(): void {
    const { wheel, scenario } = this.context;
    this.state = 'subscribing';
    this.subscribing = new Subscribing(this.context, this.link, this.identity!);
    this.connection!.subscribe(this.subscribing.wanted);
    wheel.arm(this, this.subscribing.sinceUs + scenario.connect.timeoutUs);
  }

  private subscribingEnded(): void {
    if (this.subscribing === undefined) return;
    this.subscribing.end();
    this.subscribing = undefined;
    this.context.wheel.disarm(this);
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
    if (this.connection !== undefined) this.link.ended(this.connection);
    this.connection = this.identity = undefined;
  }
}
