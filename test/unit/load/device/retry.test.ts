import { describe, expect, it } from 'vitest';
import { imbalances } from '../../../../src/metrics/books.ts';
import type { ReconnectPolicy, Scenario } from '../../../../src/model/scenario.ts';
import { HandDrivenFleet, IDLE, publishOf, scenarioOf } from '../fleet.ts';

const POLICY: ReconnectPolicy = { policy: 'fixed', delayUs: 2e6, maxDelayUs: 2e6, perMinute: 30 };
const REFUSED = { phase: 'connack', kind: 'rejected', code: 'CONNACK 3' } as const;

function connectOf(part: Partial<Scenario['connect']> = {}): Scenario['connect'] {
  return { ...scenarioOf().connect, retry: POLICY, ...part };
}

/** One device whose first connect was due 0.3 s before it started, and has been refused. */
function refused(part: Partial<Scenario> = {}, publishForUs = 60e6) {
  const fleet = new HandDrivenFleet(scenarioOf({ connect: connectOf(), ...part }), publishForUs);
  const { device, connection } = fleet.start(4, 300_000);
  fleet.run(50_000);
  connection.fail(REFUSED);
  return { fleet, device, connection, counters: fleet.recorder.counters };
}

describe('a first connect that fails', () => {
  it('is tried again when its time has come, and has no outcome until then', () => {
    const { fleet, device, counters } = refused();
    expect(device.over).toBe(false);
    expect(fleet.context.load).toEqual(IDLE);
    fleet.run(1_999_000);
    expect(fleet.client.connections).toHaveLength(1);
    fleet.run(1_000);
    expect(fleet.client.connections).toHaveLength(2);
    expect(fleet.context.load).toEqual({ ...IDLE, connecting: 1, outstanding: 1 });
    expect(counters).toMatchObject({ connects_started: 1, connects_retried: 1, connects_failed: 0 });
    const again = fleet.connectionOf(device);
    expect(again.credentials.username).toBe('d4&pk');
    again.fail({ phase: 'tcp', kind: 'refused', code: 'ECONNREFUSED' });
    fleet.run(2e6);
    fleet.connectionOf(device).open();
    expect(counters).toMatchObject({
      connects_scheduled: 1,
      connects_started: 1,
      connects_retried: 2,
      connects_ok: 1,
      connects_failed: 0,
      reconnects_started: 0,
      reconnects_ok: 0,
    });
    expect(imbalances(counters)).toEqual([]);
    expect(fleet.recorder.take().failures).toMatchObject([
      { ...REFUSED, count: 1, examples: ['d4'] },
      { phase: 'tcp', kind: 'refused', count: 1 },
    ]);
  });

  it('took as long as the user waited: from its intended start, waiting included; its service is that of the last attempt', () => {
    const { fleet, device } = refused();
    fleet.run(2e6 + 70_000);
    fleet.connectionOf(device).open();
    const { connect_latency, connect_service, connect_slip, reconnect_latency } = fleet.recorder.trends;
    expect(connect_latency).toMatchObject({ count: 1, max: 300_000 + 50_000 + 2e6 + 70_000 });
    expect(connect_service).toMatchObject({ count: 1, max: 70_000 });
    // The waiting is no lateness of the generator's.
    expect(connect_slip).toMatchObject({ count: 1, max: 300_000 });
    expect(reconnect_latency.count).toBe(0);
  });

  it('is tried again after a timeout as well', () => {
    const fleet = new HandDrivenFleet(scenarioOf({ connect: connectOf({ timeoutUs: 1e6 }) }));
    const { device } = fleet.start();
    fleet.run(3e6);
    expect(fleet.client.connections).toHaveLength(2);
    fleet.connectionOf(device).open();
    expect(fleet.recorder.counters).toMatchObject({ connects_ok: 1, connects_retried: 1 });
  });

  it('publishes as any other once it is connected', () => {
    const { fleet, device, counters } = refused({ publish: [publishOf()] });
    fleet.run(2e6);
    expect(counters.messages_scheduled).toBe(0);
    fleet.connectionOf(device).open();
    fleet.run(3e6);
    expect(fleet.connectionOf(device).sent).toHaveLength(3);
  });

  it('counts the bytes of all its attempts, each once', () => {
    const fleet = new HandDrivenFleet(scenarioOf({ connect: connectOf() }));
    const { device, connection } = fleet.start();
    connection.bytesSent = 100;
    connection.fail();
    fleet.run(2e6);
    fleet.connectionOf(device).bytesSent = 30;
    device.tick(fleet.clock.us);
    expect(fleet.recorder.counters.bytes_sent).toBe(130);
  });
});

describe('a device that is not connected', () => {
  it('has nothing to do any more with the connection that it had, while it waits and when it is over', () => {
    const { fleet, device, connection } = refused();
    device.tick(fleet.clock.us);
    device.drain();
    device.tick(fleet.clock.us);
    expect(connection.ticks).toBe(0);
    const lost = refused({ reconnect: POLICY });
    lost.fleet.run(2e6);
    const second = lost.fleet.connectionOf(lost.device);
    second.open();
    second.lose();
    lost.device.tick(lost.fleet.clock.us);
    expect(second.ticks).toBe(0);
  });
});

describe('once it has been connected', () => {
  it('a loss is for good where reconnect is off', () => {
    const { fleet, device, counters } = refused();
    fleet.run(2e6);
    fleet.connectionOf(device).open();
    fleet.connectionOf(device).lose();
    expect(device.over).toBe(true);
    fleet.run(20e6);
    expect(fleet.client.connections).toHaveLength(2);
    expect(counters).toMatchObject({ connects_ok: 1, connects_failed: 0, disconnects: 1 });
    expect(imbalances(counters)).toEqual([]);
  });

  it('it returns by the policy of reconnect, not by that of retry', () => {
    const reconnect = { ...POLICY, delayUs: 5e6, maxDelayUs: 5e6 };
    const { fleet, device, counters } = refused({ reconnect });
    fleet.run(2e6);
    fleet.connectionOf(device).open();
    fleet.connectionOf(device).lose();
    fleet.run(4_999_000);
    expect(fleet.client.connections).toHaveLength(2);
    fleet.run(1_000);
    expect(fleet.client.connections).toHaveLength(3);
    fleet.connectionOf(device).open();
    expect(fleet.recorder.trends.reconnect_latency.max).toBe(5e6);
    expect(counters).toMatchObject({ connects_retried: 1, reconnects_started: 1, reconnects_ok: 1 });
  });

  it('all its attempts of the last minute count for the next one', () => {
    const perMinute = 3;
    const reconnect = { ...POLICY, perMinute };
    const connect = connectOf({ retry: { ...POLICY, perMinute } });
    const { fleet, device, connection } = refused({ connect, reconnect }, 400e6);
    fleet.run(2e6);
    fleet.connectionOf(device).fail(REFUSED);
    fleet.run(2e6);
    fleet.connectionOf(device).open();
    fleet.connectionOf(device).lose();
    fleet.run(10e6);
    expect(fleet.client.connections).toHaveLength(3);
    fleet.run(60e6);
    const startsUs = fleet.client.connections.map(({ attempt }) => attempt.startUs);
    expect(startsUs.length).toBeGreaterThan(3);
    expect(startsUs[3]! - connection.attempt.startUs).toBeGreaterThan(60e6);
  });
});

describe('at the end of the run', () => {
  it('one that waits for its next attempt has failed', () => {
    const { fleet, device, counters } = refused();
    device.drain();
    expect(device.over).toBe(true);
    device.close();
    fleet.run(20e6);
    expect(fleet.client.connections).toHaveLength(1);
    expect(counters).toMatchObject({ connects_failed: 1, connects_cancelled: 0, connects_retried: 0 });
    expect(imbalances(counters)).toEqual([]);
  });

  it('so has one whose next attempt would be after it', () => {
    const { fleet, device, counters } = refused({}, 1e6);
    fleet.run(5e6);
    expect(device.over).toBe(false);
    device.drain();
    expect(fleet.client.connections).toHaveLength(1);
    expect(counters.connects_failed).toBe(1);
  });

  it('an attempt under way may come about, or fail for good, or is cancelled', () => {
    for (const [end, expected] of [
      ['open', { connects_ok: 1 }],
      ['fail', { connects_failed: 1 }],
      ['close', { connects_cancelled: 1 }],
    ] as const) {
      const { fleet, device, counters } = refused();
      fleet.run(2e6);
      fleet.context.publishEndUs = fleet.clock.us;
      device.drain();
      expect(device.over).toBe(false);
      if (end !== 'close') fleet.connectionOf(device)[end]();
      device.close();
      fleet.connectionOf(device).end();
      fleet.run(10e6);
      expect(device.over).toBe(true);
      expect(fleet.client.connections).toHaveLength(2);
      const none = { connects_ok: 0, connects_failed: 0, connects_cancelled: 0 };
      expect(counters, end).toMatchObject({ ...none, ...expected });
      expect(imbalances(counters)).toEqual([]);
      expect(fleet.context.load).toEqual(IDLE);
    }
  });
});

describe('a fleet that is refused', () => {
  const DEVICES = 8;
  const SLOTS = 3;

  function refusedFleet(part: Partial<Scenario> = {}) {
    const fleet = new HandDrivenFleet(scenarioOf({ connect: connectOf({ maxInFlight: SLOTS }), ...part }));
    const devices = Array.from({ length: DEVICES }, (_, row) => {
      const { device, connection } = fleet.start(row);
      connection.fail(REFUSED);
      return device;
    });
    const opening = () => fleet.client.connections.filter(({ state }) => state === 'opening');
    return { fleet, devices, opening, counters: fleet.recorder.counters };
  }

  it('never has more attempts under way than maxInFlight; the others wait for a slot, each in its turn', () => {
    const { fleet, opening, counters } = refusedFleet();
    fleet.run(2e6);
    expect(opening().map(({ credentials }) => credentials.username)).toHaveLength(SLOTS);
    const order: string[] = [];
    while (opening().length > 0) {
      expect(opening().length).toBeLessThanOrEqual(SLOTS);
      const [first] = opening();
      order.push(first!.credentials.username!);
      first!.open();
    }
    expect(new Set(order).size).toBe(DEVICES);
    expect(counters).toMatchObject({ connects_ok: DEVICES, connects_retried: DEVICES });
    expect(fleet.context.load).toEqual({ ...IDLE, open: DEVICES });
  });

  it('neither has one that returns', () => {
    const { fleet, devices, opening, counters } = refusedFleet({ reconnect: POLICY });
    fleet.run(2e6);
    while (opening().length > 0) opening()[0]!.open();
    for (const device of devices) fleet.connectionOf(device).lose();
    fleet.run(2e6);
    expect(opening()).toHaveLength(SLOTS);
    while (opening().length > 0) {
      expect(opening().length).toBeLessThanOrEqual(SLOTS);
      opening()[0]!.open();
    }
    expect(counters.reconnects_ok).toBe(DEVICES);
  });

  it('the end of the run finds those that wait for a slot, and starts none of them', () => {
    const { fleet, devices, counters } = refusedFleet();
    fleet.run(2e6);
    const attempts = fleet.client.connections.length;
    fleet.context.publishEndUs = fleet.clock.us;
    for (const device of devices) device.drain();
    for (const device of devices) device.close();
    for (const connection of fleet.client.connections) connection.end();
    fleet.run(10e6);
    expect(fleet.client.connections).toHaveLength(attempts);
    expect(counters).toMatchObject({ connects_failed: DEVICES - SLOTS, connects_cancelled: SLOTS });
    expect(imbalances(counters)).toEqual([]);
    expect(fleet.context.load).toEqual(IDLE);
  });
});
