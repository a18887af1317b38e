import { describe, expect, it } from 'vitest';
import { imbalances } from '../../../../src/metrics/books.ts';
import type { ReconnectPolicy, Scenario } from '../../../../src/model/scenario.ts';
import { HandDrivenFleet, IDLE, publishOf, scenarioOf } from '../fleet.ts';

const POLICY: ReconnectPolicy = { policy: 'fixed', delayUs: 2e6, maxDelayUs: 2e6, perMinute: 5 };

/** One device of row 4 that has published since `openedUs`, for three and a half seconds, and then been cut off. */
function cutOff(part: Partial<Scenario> = {}, publishForUs = 60e6) {
  const scenario = scenarioOf({
    reconnect: POLICY,
    subscribe: [{ topic: '/${deviceName}/get', qos: 0 }],
    publish: [publishOf()],
    ...part,
  });
  const fleet = new HandDrivenFleet(scenario, publishForUs);
  const { device, connection } = fleet.start(4);
  connection.open();
  connection.suback(0);
  const openedUs = fleet.clock.us;
  fleet.run(3_500_000);
  while (connection.unacked.length > 0) connection.ack();
  connection.lose();
  return { fleet, device, connection, openedUs, lostUs: fleet.clock.us, counters: fleet.recorder.counters };
}

describe('a device that was cut off', () => {
  it('is away until its time has come, then connects and subscribes anew', () => {
    const { fleet, device, counters } = cutOff();
    expect(fleet.context.load).toEqual(IDLE);
    expect(device.over).toBe(false);
    fleet.run(1_999_000);
    expect(fleet.client.connections).toHaveLength(1);
    fleet.run(1_000);
    expect(fleet.client.connections).toHaveLength(2);
    expect(fleet.context.load).toEqual({ ...IDLE, connecting: 1, outstanding: 1 });
    fleet.run(30_000);
    const back = fleet.connectionOf(device);
    back.open();
    expect(back.credentials.username).toBe('d4&pk');
    expect(back.subscriptions).toEqual([{ topic: '/d4/get', qos: 0 }]);
    expect(fleet.context.load).toEqual({ ...IDLE, open: 1, outstanding: 1 });
    back.suback(0);
    expect(fleet.context.load).toEqual({ ...IDLE, open: 1 });
    // From the loss, waiting included; and it is no second connect.
    expect(fleet.recorder.trends.reconnect_latency).toMatchObject({ count: 1, max: 2_030_000 });
    expect(counters).toMatchObject({
      connects_started: 1,
      connects_ok: 1,
      disconnects: 1,
      reconnects_started: 1,
      reconnects_ok: 1,
      reconnects_failed: 0,
    });
    const { connect_latency, connect_service, connect_slip, subscribe_suback } = fleet.recorder.trends;
    expect([connect_latency, connect_service, connect_slip].map(({ count }) => count)).toEqual([1, 1, 1]);
    expect(subscribe_suback.count).toBe(2);
  });

  it('goes on with its own grid: what fell due while it was away is scheduled and not sent', () => {
    const { fleet, device, openedUs, counters } = cutOff();
    const firstUs = fleet.turnUs(4, 1e6, openedUs);
    const dueBy = (us: number) => Math.floor((us - firstUs) / 1e6) + 1;
    const sentBefore = counters.messages_sent;
    expect(sentBefore).toBe(dueBy(fleet.clock.us));
    fleet.run(2_030_000);
    const back = fleet.connectionOf(device);
    back.open();
    expect(counters.messages_scheduled, 'scheduled while away').toBe(dueBy(fleet.clock.us));
    expect(counters.messages_scheduled).toBeGreaterThan(sentBefore);
    const missed = counters.messages_scheduled - sentBefore;
    back.suback(0);
    expect(counters.messages_sent, 'nothing is sent after the event').toBe(sentBefore);
    const backUs = fleet.clock.us;
    const nextUs = firstUs + dueBy(backUs) * 1e6;
    fleet.run(nextUs - backUs - 1);
    expect(back.sent).toHaveLength(0);
    fleet.run(1_000);
    expect(back.sent.map(({ payload }) => payload)).toEqual([`{"id":"${sentBefore + 1}"}`]);
    fleet.run(4e6);
    expect(back.sent).toHaveLength(5);
    expect(counters.messages_scheduled - counters.messages_sent).toBe(missed);
    expect(fleet.recorder.trends.publish_slip.max).toBeLessThanOrEqual(1000);
  });

  it('counts the bytes of both connections, each once', () => {
    const { fleet, device, connection, counters } = cutOff();
    const before = connection.bytesSent;
    expect(counters.bytes_sent).toBe(before);
    device.tick(fleet.clock.us);
    fleet.run(4e6);
    const back = fleet.connectionOf(device);
    back.open();
    back.suback(0);
    fleet.run(2e6);
    device.tick(fleet.clock.us);
    device.tick(fleet.clock.us);
    expect(back.bytesSent).toBeGreaterThan(0);
    expect(counters.bytes_sent).toBe(before + back.bytesSent);
  });

  it('tries again when an attempt fails, with the failure counted, and measures from the loss', () => {
    const { fleet, device, counters } = cutOff();
    fleet.run(2e6);
    fleet.connectionOf(device).fail({ phase: 'connack', kind: 'rejected', code: 'CONNACK 3' });
    expect(fleet.context.load).toEqual(IDLE);
    // The second attempt gets no answer; its deadline is ten seconds.
    fleet.run(2e6 + 10e6);
    expect(counters.reconnects_failed).toBe(2);
    fleet.run(2e6);
    fleet.connectionOf(device).open();
    expect(counters).toMatchObject({
      connects_failed: 0,
      reconnects_started: 3,
      reconnects_ok: 1,
      reconnects_failed: 2,
    });
    expect(fleet.recorder.trends.reconnect_latency.max).toBe(16e6);
    const { failures, mostTries } = fleet.recorder.take();
    expect(mostTries).toBe(3);
    expect(failures.map(({ phase, kind }) => `${phase} ${kind}`)).toEqual([
      'open reset',
      'connack rejected',
      'tcp timeout',
    ]);
  });

  it('counts the attempts of each loss by itself', () => {
    const { fleet, device } = cutOff();
    for (const failures of [2, 0]) {
      for (let n = 0; n <= failures; n++) {
        fleet.run(2e6);
        if (n < failures) fleet.connectionOf(device).fail();
      }
      fleet.connectionOf(device).open();
      expect(fleet.recorder.take().mostTries).toBe(failures + 1);
      fleet.connectionOf(device).lose();
    }
  });

  it('cut off while it subscribes it returns and begins to publish then', () => {
    const fleet = new HandDrivenFleet(
      scenarioOf({ reconnect: POLICY, subscribe: [{ topic: '/x', qos: 0 }], publish: [publishOf()] }),
    );
    const { device, connection } = fleet.start();
    connection.open();
    connection.lose();
    expect(fleet.context.load).toEqual(IDLE);
    fleet.run(12e6);
    expect(fleet.recorder.counters).toMatchObject({ messages_scheduled: 0, reconnects_started: 1 });
    expect(fleet.recorder.take().failures).toMatchObject([
      { phase: 'open' },
      { phase: 'tcp', kind: 'timeout' },
    ]);
    fleet.run(2e6);
    const back = fleet.connectionOf(device);
    back.open();
    back.suback(0);
    fleet.run(2e6);
    expect(back.sent).toHaveLength(2);
  });

  it('may be cut off again and again, but does not try more often than the platform allows', () => {
    const reconnect = { ...POLICY, perMinute: 3 };
    const { fleet, device, counters, lostUs } = cutOff({ reconnect }, 400e6);
    for (let seconds = 0; seconds < 300; seconds++) {
      fleet.run(1e6);
      fleet.connectionOf(device).open();
      fleet.connectionOf(device).lose();
    }
    const startsUs = fleet.client.connections.map(({ attempt }) => attempt.startUs);
    expect(startsUs.slice(1, 3)).toEqual([lostUs + 2e6, lostUs + 4e6]);
    for (const [n, us] of startsUs.slice(3).entries()) expect(us - startsUs[n]!).toBeGreaterThan(60e6);
    expect(startsUs.length).toBeGreaterThan(12);
    expect(counters.reconnects_ok).toBe(startsUs.length - 1);
  });

  it('that never came to be connected does not try again', () => {
    const fleet = new HandDrivenFleet(scenarioOf({ reconnect: POLICY }));
    const { device, connection } = fleet.start();
    connection.fail();
    fleet.run(20e6);
    expect(device.over).toBe(true);
    expect(fleet.recorder.counters).toMatchObject({ connects_failed: 1, reconnects_started: 0 });
  });

  it('stays away where its next attempt would be after the run; its messages fall due until then', () => {
    const { fleet, device, counters } = cutOff({}, 5_400_000);
    fleet.run(10e6);
    expect(fleet.client.connections).toHaveLength(1);
    expect(counters.messages_scheduled).toBeGreaterThanOrEqual(5);
    device.drain();
    expect(device.over).toBe(true);
  });
});

describe('the end of the run', () => {
  it('a drain ends a device that is away', () => {
    const { fleet, device, counters } = cutOff();
    device.drain();
    expect(device.over).toBe(true);
    const scheduled = counters.messages_scheduled;
    fleet.run(20e6);
    expect(fleet.client.connections).toHaveLength(1);
    expect(counters.messages_scheduled).toBe(scheduled);
    device.close();
    expect(fleet.context.load).toEqual(IDLE);
    expect(imbalances(counters)).toEqual([]);
  });

  it('closed while away, it is over at once', () => {
    const { fleet, device, connection } = cutOff();
    device.close();
    expect(device.over).toBe(true);
    expect(connection.state).toBe('over');
    fleet.run(20e6);
    expect(fleet.client.connections).toHaveLength(1);
    expect(fleet.context.load).toEqual(IDLE);
  });

  it('a return under way may still come about in the drain, without new messages', () => {
    const { fleet, device, counters } = cutOff();
    fleet.run(2e6);
    fleet.context.publishEndUs = fleet.clock.us;
    device.drain();
    expect(device.over).toBe(false);
    const back = fleet.connectionOf(device);
    back.open();
    back.suback(0);
    fleet.run(5e6);
    expect(back.sent).toEqual([]);
    expect(counters.reconnects_ok).toBe(1);
  });

  it('or fail, after which there is no other', () => {
    const { fleet, device, counters } = cutOff();
    fleet.run(2e6);
    fleet.context.publishEndUs = fleet.clock.us;
    device.drain();
    fleet.connectionOf(device).fail();
    expect(device.over).toBe(true);
    fleet.run(20e6);
    expect(fleet.client.connections).toHaveLength(2);
    expect(counters.reconnects_failed).toBe(1);
  });

  it('a return under way that is broken off is no cancelled connect', () => {
    const { fleet, device, counters } = cutOff();
    fleet.run(2e6);
    device.close();
    expect(fleet.context.load).toEqual({ ...IDLE, closing: 1 });
    fleet.connectionOf(device).end();
    expect(device.over).toBe(true);
    expect(fleet.context.load).toEqual(IDLE);
    expect(counters).toMatchObject({
      connects_ok: 1,
      connects_cancelled: 0,
      reconnects_started: 1,
      reconnects_ok: 0,
      reconnects_failed: 0,
    });
    expect(imbalances(counters)).toEqual([]);
  });
});
