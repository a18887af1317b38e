/** A way to sign in that takes requests: a device that waits for its credentials. */
import { afterEach, describe, expect, it } from 'vitest';
import { loginOf } from '../../../../src/load/device/login.ts';
import type { VirtualDevice } from '../../../../src/load/device/virtual-device.ts';
import { imbalances } from '../../../../src/metrics/books.ts';
import { type Credentials, type LoginAttempt, LoginError } from '../../../../src/platform/login.ts';
import { HandDrivenFleet, IDLE, publishOf, scenarioOf } from '../fleet.ts';

const CREDENTIALS: Credentials = { mqttClientId: 'id', username: 'iotId', password: 'iotToken' };
const FIXED = { policy: 'fixed', delayUs: 1e6, maxDelayUs: 1e6, perMinute: 5 } as const;

interface Asked {
  attempt: LoginAttempt;
  /** `signal.aborted`, in a way that does not make a signal. */
  isAborted(): boolean;
  grant(credentials?: Credentials): Promise<void>;
  refuse(error: unknown): Promise<void>;
}

/** A fleet whose logins wait for what a test says of them. */
class AskingFleet extends HandDrivenFleet {
  readonly asked: Asked[] = [];

  constructor(...options: ConstructorParameters<typeof HandDrivenFleet>) {
    super(...options);
    this.context.login = (_device, _row, _endpoint, _epochMs, attempt) => {
      attempt.enter('auth');
      const { signal } = attempt;
      return new Promise<Credentials>((resolve, reject) => {
        this.asked.push({
          attempt,
          isAborted: () => signal.aborted,
          grant: async (credentials = CREDENTIALS) => settled(() => resolve(credentials)),
          refuse: async (error) => settled(() => reject(error)),
        });
      });
    };
  }

  get failures() {
    return this.recorder.take().failures.map(({ phase, kind, code }) => [phase, kind, code].join(' '));
  }
}

/** Until all that follows in this turn of the loop is done. */
async function settled(act: () => void): Promise<void> {
  act();
  await new Promise((resolve) => setImmediate(resolve));
}

const unhandled: unknown[] = [];
process.on('unhandledRejection', (error) => unhandled.push(error));
afterEach(() => expect(unhandled).toEqual([]));

describe('a login that takes requests', () => {
  it('succeeds late: the device connects then, and the wait is a phase of its own', async () => {
    const fleet = new AskingFleet(scenarioOf({ publish: [publishOf()] }));
    const { device } = fleet.start(3, 30_000);
    expect(fleet.client.connections).toEqual([]);
    expect(fleet.context.load).toMatchObject({ connecting: 1, outstanding: 1, open: 0 });
    fleet.run(2e6);
    await fleet.asked[0]!.grant();
    const connection = fleet.connectionOf(device);
    expect(connection.credentials).toBe(CREDENTIALS);
    fleet.run(5_000);
    connection.open();
    const { attempt } = connection;
    expect(attempt.durationUs).toMatchObject({ auth: 2_000_000, tcp: 5_000 });
    const { trends, counters } = fleet.recorder;
    expect(trends.connect_service.max).toBe(2_005_000);
    expect(trends.connect_latency.max).toBe(2_035_000);
    expect(counters).toMatchObject({ connects_started: 1, connects_ok: 1 });
    fleet.run(2e6);
    expect(connection.sent.map(({ topic }) => topic)).toContain('/pk/d3/post');
  });

  it.each([
    [
      'as it says itself',
      new LoginError({ phase: 'auth', kind: 'rejected', code: 'HTTP 401' }),
      'auth rejected HTTP 401',
    ],
    [
      'by its own code',
      Object.assign(new Error('no'), { code: 'ECONNREFUSED', syscall: 'connect' }),
      'auth refused ECONNREFUSED',
    ],
    [
      'by that of its cause',
      new TypeError('fetch failed', { cause: Object.assign(new Error(), { code: 'ENOTFOUND' }) }),
      'auth dns ENOTFOUND',
    ],
    ['without a word of the error', new Error('password=canary'), 'auth other '],
    ['whatever was thrown', 'canary', 'auth other '],
  ])('fails, and that is data: %s', async (_, error, expected) => {
    const fleet = new AskingFleet(scenarioOf());
    const { device } = fleet.start();
    await fleet.asked[0]!.refuse(error);
    expect(device.over).toBe(true);
    expect(fleet.recorder.counters.connects_failed).toBe(1);
    expect(fleet.context.load).toEqual(IDLE);
    expect(fleet.failures).toEqual([expected]);
    expect(fleet.client.connections).toEqual([]);
  });

  it('is tried again by connect.retry, with a login of its own', async () => {
    const retry = { ...scenarioOf().connect, retry: FIXED };
    const fleet = new AskingFleet(scenarioOf({ connect: retry }));
    const { device } = fleet.start();
    await fleet.asked[0]!.refuse(new LoginError({ phase: 'auth', kind: 'rejected', code: 'HTTP 500' }));
    fleet.run(2e6);
    expect(fleet.asked).toHaveLength(2);
    await fleet.asked[1]!.grant();
    fleet.connectionOf(device).open();
    expect(fleet.recorder.counters).toMatchObject({
      connects_ok: 1,
      connects_retried: 1,
      connects_failed: 0,
    });
  });

  it('runs out of time in its own phase; what it then says is not heard', async () => {
    const fleet = new AskingFleet(scenarioOf());
    const { device } = fleet.start();
    fleet.run(9_999_000);
    expect(fleet.asked[0]!.isAborted()).toBe(false);
    fleet.run(1_000);
    expect(fleet.asked[0]!.isAborted()).toBe(true);
    expect(fleet.failures).toEqual(['auth timeout ']);
    await fleet.asked[0]!.grant();
    expect(device.over).toBe(true);
    expect(fleet.client.connections).toEqual([]);
    expect(fleet.context.load).toEqual(IDLE);
  });

  it.each(['grant', 'refuse'] as const)(
    'is stopped meanwhile, and is cancelled (%s after it)',
    async (then) => {
      const fleet = new AskingFleet(scenarioOf());
      const { device } = fleet.start();
      fleet.run(1e6);
      device.close();
      expect(device.over).toBe(true);
      expect(fleet.asked[0]!.isAborted()).toBe(true);
      expect(fleet.context.load).toEqual(IDLE);
      await (then === 'grant' ? fleet.asked[0]!.grant() : fleet.asked[0]!.refuse(new Error('aborted')));
      fleet.run(20e6);
      const { counters } = fleet.recorder;
      expect(counters).toMatchObject({ connects_cancelled: 1, connects_failed: 0, connects_ok: 0 });
      expect(fleet.client.connections).toEqual([]);
      expect(fleet.context.load).toEqual(IDLE);
      expect(imbalances(counters)).toEqual([]);
    },
  );

  it('of a return that fails is a return that failed, and a late answer is not taken for that of the next', async () => {
    const fleet = new AskingFleet(scenarioOf({ reconnect: FIXED }));
    const { device } = fleet.start();
    await fleet.asked[0]!.grant();
    fleet.connectionOf(device).open();
    fleet.connectionOf(device).lose();
    fleet.run(1_100_000);
    expect(fleet.asked).toHaveLength(2);
    fleet.run(10e6);
    expect(fleet.recorder.counters.reconnects_failed).toBe(1);
    fleet.run(1_100_000);
    expect(fleet.asked).toHaveLength(3);
    await fleet.asked[1]!.grant({ ...CREDENTIALS, mqttClientId: 'of the login that was given up' });
    expect(fleet.client.connections).toHaveLength(1);
    await fleet.asked[2]!.grant();
    expect(fleet.connectionOf(device).credentials).toBe(CREDENTIALS);
    fleet.connectionOf(device).open();
    expect(fleet.recorder.counters.reconnects_ok).toBe(1);
  });

  it('says where to go and with which certificate', async () => {
    const fleet = new AskingFleet(scenarioOf());
    const { device } = fleet.start();
    const tls = {} as NonNullable<Credentials['tls']>;
    await fleet.asked[0]!.grant({ ...CREDENTIALS, tls, address: { host: 'elsewhere', port: 8883 } });
    expect(fleet.connectionOf(device).endpoint).toMatchObject({
      protocol: 'mqtt',
      host: 'elsewhere',
      port: 8883,
      secureContext: tls,
    });
  });
});

describe('a device’s names', () => {
  it('are decoded once per attempt, whatever is made of them', () => {
    const reply = '/${deviceName}/reply';
    const fleet = new HandDrivenFleet(
      scenarioOf({
        reconnect: FIXED,
        subscribe: [{ topic: reply, qos: 0 }],
        publish: [publishOf({ reply })],
      }),
    );
    const { devices } = fleet.context;
    const decoded: number[] = [];
    const identity = devices.identity.bind(devices);
    devices.identity = (row) => {
      decoded.push(row);
      return identity(row);
    };
    const { device, connection } = fleet.start(4);
    connection.open();
    connection.suback(0);
    fleet.run(2e6);
    expect(connection.sent.length).toBeGreaterThan(0);
    expect(decoded).toEqual([4]);
    connection.lose();
    fleet.run(2e6);
    fleet.connectionOf(device).open();
    expect(decoded).toEqual([4, 4]);
  });
});

it('hmac makes no promise', () => {
  const fleet = new HandDrivenFleet(scenarioOf());
  const never = () => expect.fail('it has no phase');
  const attempt = { enter: never, took: never, signal: new AbortController().signal };
  const device: VirtualDevice = fleet.start(1).device;
  const { credentials } = loginOf(fleet.context, fleet.context.devices.identity(device.row), 1, 0, attempt);
  expect(credentials).toMatchObject({ username: 'd1&pk' });
});
