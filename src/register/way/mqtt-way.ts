/**
 * Registration over MQTT-TLS: CONNECT signed with the product's secret, CONNACK, and the secret in a message that comes by itself. The
 * connection is good for nothing else, and the device ends it.
 */
import { randomBytes } from 'node:crypto';
import { Attempt } from '../../client/attempt.ts';
import type { Client, Connection, ConnectionHandler } from '../../client/connection.ts';
import type { Clock } from '../../model/clock.ts';
import type { Failure } from '../../model/failure.ts';
import type { Signmethod, Target } from '../../model/scenario.ts';
import { aliyun } from '../../platform/aliyun/aliyun.ts';
import {
  REGISTRATIONS,
  type Registration,
  registrationCredentials,
} from '../../platform/aliyun/signing/registration.ts';
import { endpointOf } from '../../platform/endpoint.ts';
import { type GrantKind, readGrant } from '../granted.ts';
import type { Asking, Told, Way } from './way.ts';

export interface MqttWayPlan {
  registration: Registration;
  target: Target;
  signmethod: Signmethod;
  instanceId: string | undefined;
  /** Time that a device has from its real start to its secret. */
  timeoutUs: number;
}

/** The platform does not check it, and the connection does not live long enough for one. */
export const REGISTRATION_KEEPALIVE_SEC = 300;
const RANDOM_BYTES = 8;

export class MqttWay implements Way {
  private readonly kind: GrantKind;
  private readonly client: Client;
  private readonly clock: Clock;
  private readonly plan: MqttWayPlan;

  constructor(client: Client, clock: Clock, plan: MqttWayPlan) {
    this.client = client;
    this.clock = clock;
    this.plan = plan;
    this.kind = plan.registration === 'register' ? 'secret' : 'token';
  }

  ask(asking: Asking): Promise<Told> {
    const { device, productSecret, intendedUs } = asking;
    const { registration, target, signmethod, instanceId, timeoutUs } = this.plan;
    return new Promise((resolve) => {
      const attempt = new Attempt(this.clock, intendedUs);
      const random = randomBytes(RANDOM_BYTES).toString('hex');
      const how = { registration, random, signmethod, instanceId };
      const credentials = registrationCredentials(device, productSecret, how);
      const hearer = new Hearer(this.kind, asking, attempt.startUs, this.clock, resolve);
      const endpoint = endpointOf(aliyun, target, device.productKey);
      hearer.begin(this.client.connect(attempt, endpoint, credentials, hearer), timeoutUs);
    });
  }
}

/** One device's connection. The first outcome counts. */
class Hearer implements ConnectionHandler {
  private readonly kind: GrantKind;
  private readonly asking: Asking;
  private readonly startUs: number;
  private readonly clock: Clock;
  private readonly resolve: (answer: Told) => void;
  private readonly giveUp = (): void => this.end({ phase: 'open', kind: 'closed', code: 'stopped' });
  private connection: Connection | undefined;
  private timer: NodeJS.Timeout | undefined;
  private isOpen = false;

  constructor(
    kind: GrantKind,
    asking: Asking,
    startUs: number,
    clock: Clock,
    resolve: (answer: Told) => void,
  ) {
    this.kind = kind;
    this.asking = asking;
    this.startUs = startUs;
    this.clock = clock;
    this.resolve = resolve;
  }

  begin(connection: Connection, timeoutUs: number): void {
    this.connection = connection;
    this.timer = setTimeout(() => this.expire(), timeoutUs / 1e3);
    this.asking.signal.addEventListener('abort', this.giveUp, { once: true });
  }

  /** It publishes nothing. */
  awaitsAck(): boolean {
    return false;
  }

  opened(): void {
    this.isOpen = true;
  }

  failed(failure: Failure): void {
    this.settle({ failure });
  }

  /** Let in, and closed before the secret came. */
  lost({ kind, code }: Failure): void {
    this.settle({ failure: { phase: 'reply', kind, code } });
  }

  received(topic: string, payload: Buffer): void {
    const heardUs = this.clock.nowUs();
    if (!Object.values(REGISTRATIONS).some((each) => each.topic === topic)) return;
    const reading = readGrant(this.kind, this.asking.device, payload);
    if ('wrong' in reading) {
      this.end({ phase: 'reply', kind: 'protocol', code: reading.wrong });
      return;
    }
    const leave = (): void => this.connection?.close();
    this.settle({ row: reading.row, startUs: this.startUs, heardUs, leave });
  }

  subscribed(): void {}
  acked(): void {}
  drained(): void {}
  ended(): void {}

  private expire(): void {
    if (this.isOpen) this.end({ phase: 'reply', kind: 'timeout', code: '' });
    // Its phase is the attempt's; `failed` follows.
    else this.connection?.expire();
  }

  private end(failure: Failure): void {
    this.settle({ failure });
    this.connection?.close();
  }

  private settle(answer: Told): void {
    clearTimeout(this.timer);
    this.asking.signal.removeEventListener('abort', this.giveUp);
    this.resolve(answer);
  }
}
