/** A device whose session outlives its connection: what it subscribes to again, what it sends again, and what becomes of each message. */
import { expect, it } from 'vitest';
import { imbalances } from '../../../../src/metrics/books.ts';
import type { ReconnectPolicy, Scenario } from '../../../../src/model/scenario.ts';
import { HandDrivenFleet, IDLE, publishOf, scenarioOf } from '../fleet.ts';

const POLICY: ReconnectPolicy = { policy: 'fixed', delayUs: 2e6, maxDelayUs: 2e6, perMinute: 5 };
const SUBSCRIBE = [
  { topic: '/${deviceName}/get', qos: 1 as const },
  { topic: '/${deviceName}/more', qos: 0 as const },
];

/** One device that has sent three messages of which the second was acknowledged, and is back on a second connection that is not open yet. */
function back(part: Partial<Scenario> = {}) {
  const scenario = scenarioOf({
    keptSession: {},
    reconnect: POLICY,
    subscribe: SUBSCRIBE,
    publish: [publishOf()],
    ...part,
  });
  const fleet = new HandDrivenFleet(scenario);
  const { device, connection: first } = fleet.start(4);
  first.open();
  if (scenario.subscribe.length > 0) first.suback(1, 128);
  fleet.run(3_000_000);
  first.handler.acked(2, 0);
  first.lose();
  const { counters } = fleet.recorder;
  fleet.run(2_000_000);
  return { fleet, device, first, second: fleet.connectionOf(device), counters };
}

const balanced = (counters: HandDrivenFleet['recorder']['counters']) => {
  counters.connects_scheduled = counters.connects_started;
  expect(imbalances(counters)).toEqual([]);
};

it('subscribes on its first connection, whatever the server has of it', () => {
  const fleet = new HandDrivenFleet(scenarioOf({ keptSession: {}, reconnect: POLICY, subscribe: SUBSCRIBE }));
  const { connection } = fleet.start(4);
  connection.open(true);
  expect(connection.subscriptions).toHaveLength(2);
});

it('knows which ids are not free for other messages, also while it is away', () => {
  const { second } = back();
  expect([1, 2, 3, 4].filter((id) => second.handler.awaitsAck(id))).toEqual([1, 3]);
  second.open(false);
  expect([1, 2, 3, 4].filter((id) => second.handler.awaitsAck(id))).toEqual([]);
});

it('subscribes to nothing again where its session has its subscriptions, refused ones too', () => {
  const { fleet, second } = back();
  second.open(true);
  expect(second.subscriptions).toEqual([]);
  fleet.run(2_000_000);
  expect(second.sent).toHaveLength(2);
  expect(fleet.recorder.trends.subscribe_suback.count).toBe(1);
});

it('subscribes again where the server knows nothing of its session, and where a SUBACK never came', () => {
  const { second } = back();
  second.open(false);
  expect(second.subscriptions).toHaveLength(2);

  const fleet = new HandDrivenFleet(scenarioOf({ keptSession: {}, reconnect: POLICY, subscribe: SUBSCRIBE }));
  const { device, connection } = fleet.start(4);
  connection.open();
  connection.suback(1);
  connection.lose();
  fleet.run(2_000_000);
  const other = fleet.connectionOf(device);
  other.open(true);
  expect(other.subscriptions).toHaveLength(2);
});

it('sends again what waits for its PUBACK, first of all and as it was; it is sent once and acknowledged once', () => {
  const { fleet, first, second, counters } = back();
  expect(counters).toMatchObject({ messages_sent: 3, messages_acked: 1, messages_failed: 0 });
  // They may still come.
  expect(fleet.context.load.outstanding).toBe(1 + 2);
  const again: string[] = [];
  second.onResend = ({ payload }) => again.push(payload);
  second.open(true);
  expect(second.resent).toEqual([1, 3]);
  expect(again).toEqual([first.sent[0]!.payload, first.sent[2]!.payload]);
  expect(counters).toMatchObject({ messages_sent: 3, messages_resent: 2 });
  second.ack();
  second.ack();
  expect(counters).toMatchObject({ messages_acked: 3, messages_failed: 0, messages_unacked: 0 });
  expect(fleet.context.load).toEqual({ ...IDLE, open: 1 });
  // From the time at which they were meant to be sent, the time away included.
  expect(fleet.recorder.trends.publish_ack.max).toBeGreaterThan(4_000_000);
  balanced(counters);
});

it('a message that is lost twice on its way is sent a third time', () => {
  const { fleet, device, second, counters } = back();
  second.open(true);
  second.ack();
  second.lose();
  fleet.run(3_000_000);
  const third = fleet.connectionOf(device);
  third.open(true);
  expect(third.resent).toEqual([3]);
  expect(counters.messages_resent).toBe(3);
  third.ack();
  balanced(counters);
});

it('forgets what waits where the server knows nothing of its session', () => {
  const { fleet, second, counters } = back();
  second.open(false);
  expect(second.resent).toEqual([]);
  expect(counters).toMatchObject({ messages_acked: 1, messages_failed: 2, messages_resent: 0 });
  expect(fleet.context.load).toEqual({ ...IDLE, open: 1, outstanding: 1 });
  balanced(counters);
});

it.each([
  ['is away', (at: ReturnType<typeof back>) => at.second.fail()],
  ['connects', () => {}],
])('what waits has failed when the run ends while the device %s', (_, happens) => {
  const at = back();
  happens(at);
  at.device.drain();
  at.device.close();
  at.second.end();
  expect(at.counters).toMatchObject({ messages_acked: 1, messages_failed: 2, messages_unacked: 0 });
  expect(at.fleet.context.load).toEqual(IDLE);
  balanced(at.counters);
});

it('what was sent again and not acknowledged when the run ends is unacked, once', () => {
  const { device, second, counters } = back();
  second.open(true);
  device.drain();
  device.close();
  second.end();
  expect(counters).toMatchObject({ messages_acked: 1, messages_failed: 0, messages_unacked: 2 });
  balanced(counters);
});

it('nobody who does not come back keeps anything', () => {
  const fleet = new HandDrivenFleet(scenarioOf({ keptSession: {}, publish: [publishOf()] }));
  const { connection } = fleet.start(4);
  connection.open();
  fleet.run(3_000_000);
  connection.lose();
  expect(fleet.recorder.counters).toMatchObject({ messages_sent: 3, messages_failed: 3 });
  expect(fleet.context.load).toEqual(IDLE);
});

it('sends no more again at once than the server takes, and no new message before the last of them', () => {
  const { fleet, second, counters } = back({ subscribe: [], publish: [publishOf()] });
  second.limits.receiveMaximum = 1;
  second.open(true);
  expect(second.resent).toEqual([1]);
  fleet.run(1_500_000);
  expect(second.sent).toEqual([]);
  second.ack();
  expect(second.resent).toEqual([1, 3]);
  fleet.run(1_500_000);
  expect(second.sent).toEqual([]);
  second.ack();
  fleet.run(1_500_000);
  expect(second.sent.length).toBeGreaterThan(0);
  expect(counters.messages_resent).toBe(2);
});

it('a message that the server does not take any more has failed', () => {
  const { second, counters, fleet } = back();
  second.limits.maximumPacketSize = 2;
  second.open(true);
  expect(second.resent).toEqual([]);
  expect(counters).toMatchObject({ messages_acked: 1, messages_failed: 2, messages_resent: 0 });
  const { failures } = fleet.recorder.take();
  expect(failures).toContainEqual(
    expect.objectContaining({ phase: 'publish', kind: 'forbidden', code: 'Maximum Packet Size 2', count: 2 }),
  );
});

it('its will says its names', () => {
  const will = {
    topic: 'gone/${deviceName}',
    payload: '${clientId} of ${productKey}',
    qos: 1,
    retain: false,
  };
  const fleet = new HandDrivenFleet(scenarioOf({ will } as Partial<Scenario>));
  const { connection } = fleet.start(4);
  expect(connection.credentials.will).toEqual({ ...will, topic: 'gone/d4', payload: 'pk.d4 of pk' });
});
