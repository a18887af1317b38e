/** Two behaviours of one device: what comes is for the one that it is for, and what becomes of their messages is booked once. */
import { describe, expect, it } from 'vitest';
import type { BehaviourKind } from '../../../../src/load/behaviour/behaviour.ts';
import { createBehaviours, hurried, notAskedFor } from '../../../../src/load/behaviour/behaviours.ts';
import { telemetry } from '../../../../src/load/behaviour/telemetry/telemetry.ts';
import { imbalances } from '../../../../src/metrics/books.ts';
import type { Scenario } from '../../../../src/model/scenario.ts';
import { HandDrivenFleet, IDLE, ledgerOf, publishOf, RUN, scenarioOf } from '../fleet.ts';
import { GREETED_US, greeting, ShardGreeting } from './greeting.ts';

const GREET = { greet: { topic: '/${deviceName}/hello', qos: 1 } } as const;
const EVERY_US = 100_000;
const SIZED = { kind: 'size', sizes: { kind: 'fixed', bytes: 32 } } as const;

function greetingFleet(part: Partial<Scenario> = {}, kinds: BehaviourKind[] = [greeting, telemetry]) {
  const scenario = {
    ...scenarioOf({ publish: [publishOf({ everyUs: EVERY_US })], ...part }),
    ...GREET,
  };
  const fleet = new HandDrivenFleet(scenario);
  fleet.context.behaviours = createBehaviours(fleet.context, scenario, RUN, 1, kinds);
  const shard = fleet.context.behaviours.find((each) => each instanceof ShardGreeting)!;
  const { device, connection } = fleet.start();
  connection.open();
  return { fleet, shard, device, connection, greeter: shard.devices[0]!, counters: fleet.recorder.counters };
}

function readyFleet(part: Partial<Scenario> = {}) {
  const started = greetingFleet(part);
  started.connection.suback(...started.connection.subscriptions.map(() => 0));
  return started;
}

describe('subscribing', () => {
  const subscribe = [
    { topic: '/a', qos: 0 },
    { topic: '/${deviceName}/post', qos: 1 },
  ] as const;
  const publish = [publishOf({ everyUs: EVERY_US, payload: SIZED, topic: '/${deviceName}/post' })];
  const part = { subscribe: [...subscribe], publish };

  it('is one SUBSCRIBE for both, and each hears of its own filters only', () => {
    const { connection, greeter } = greetingFleet(part);
    expect(connection.subscriptions.map(({ topic }) => topic)).toEqual(['/d0/greet', '/a', '/d0/post']);
    connection.suback(128);
    connection.suback(0, 1);
    expect(greeter.heard).toEqual([
      ['subscribing', '/d0/greet'],
      ['subscribed', 0, 128],
    ]);
  });

  it.each([
    ['in one SUBACK', [[0, 0, 128]]],
    ['in two that cut across both', [[0, 0], [128]]],
  ])('a refusal is the one’s whose filter it is, %s', (_, subacks) => {
    const { fleet, connection, device, greeter } = greetingFleet(part);
    for (const codes of subacks) connection.suback(...codes);
    expect(greeter.heard).toContainEqual(['subscribed', 0, 0]);
    fleet.run(3 * EVERY_US);
    // What it does not hear owes it nothing: with the last filter granted there would be a stream of its own.
    expect(ledgerOf(device).received).toEqual([]);
    expect(fleet.recorder.take().failures).toMatchObject([{ phase: 'suback', count: 1 }]);
  });

  it('one SUBACK tells each its own, whoever is first', () => {
    const { connection, greeter } = greetingFleet(part, [telemetry, greeting]);
    connection.suback(0, 1, 128);
    expect(greeter.heard).toContainEqual(['subscribed', 0, 128]);
  });

  it('publishing waits for the SUBACKs of both', () => {
    const { fleet, connection } = greetingFleet(part);
    connection.suback(0, 0);
    fleet.run(3 * EVERY_US);
    expect(connection.sent).toEqual([]);
    connection.suback(0);
    fleet.run(3 * EVERY_US);
    expect(connection.sent.map(({ topic }) => topic)).toEqual(['/d0/hello', ...Array(3).fill('/d0/post')]);
  });
});

describe('messages that come', () => {
  const reply = '/${deviceName}/reply';

  it('are for the first behaviour that takes them, and are counted once', () => {
    const { fleet, connection, counters, greeter } = readyFleet({
      publish: [publishOf({ everyUs: EVERY_US, reply })],
    });
    fleet.run(EVERY_US);
    connection.deliver('/d0/greet', 'hi');
    connection.deliver('/d0/reply', '{"id":"1"}');
    expect(greeter.heard.filter(([what]) => what === 'received')).toEqual([['received', '/d0/greet']]);
    expect(counters).toMatchObject({ messages_received: 2, replies_received: 1 });
    // It answers from within.
    expect(connection.sent.filter(({ topic }) => topic === '/d0/hello')).toHaveLength(2);
  });
});

it('what one behaviour takes no other hears', () => {
  const publish = [publishOf({ everyUs: EVERY_US, reply: '/${deviceName}/greet' })];
  const { fleet, connection, counters } = readyFleet({ publish });
  fleet.run(EVERY_US);
  connection.deliver('/d0/greet', '{"id":"1"}');
  expect(counters).toMatchObject({ messages_received: 1, replies_received: 0 });
});

describe('acknowledgements', () => {
  it('are for the behaviour whose message it was, in whatever order they come', () => {
    const { fleet, connection, counters, greeter } = readyFleet();
    fleet.run(2 * EVERY_US);
    connection.deliver('/d0/greet', 'hi');
    fleet.run(2 * EVERY_US);
    expect(connection.sent.map(({ topic }) => topic.endsWith('hello'))).toEqual([
      true,
      false,
      false,
      true,
      false,
      false,
    ]);
    for (const { packetId } of connection.sent.toReversed()) connection.handler.acked(packetId, 0);
    expect(greeter.heard.filter(([what]) => what === 'acked')).toEqual([
      ['acked', GREETED_US, 0],
      ['acked', GREETED_US, 0],
    ]);
    expect(counters).toMatchObject({ messages_sent: 6, messages_acked: 6 });
    expect(fleet.context.load).toEqual({ ...IDLE, open: 1 });
  });

  it.each([
    [127, { messages_acked: 1, messages_failed: 0 }],
    [128, { messages_acked: 0, messages_failed: 1 }],
  ])('with reason %i are booked alike for all', (reason, booked) => {
    const { connection, counters, greeter } = readyFleet();
    connection.ack(reason);
    connection.handler.acked(connection.sent[0]!.packetId, reason);
    expect(greeter.heard.filter(([what]) => what === 'acked')).toEqual([['acked', GREETED_US, reason]]);
    expect(counters).toMatchObject(booked);
  });

  it('that free half a window wake who sends flat out, whosever message it was', async () => {
    const publish = [publishOf({ everyUs: 0, payload: SIZED })];
    const { connection } = greetingFleet({ publish });
    connection.limits.receiveMaximum = 4;
    // The greeting first, and a window that is full with it.
    connection.suback(0);
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    for (let turns = 0; turns < 3; turns++) await turn();
    expect(connection.sent).toHaveLength(4);
    connection.handler.acked(connection.sent[1]!.packetId, 0);
    for (let turns = 0; turns < 3; turns++) await turn();
    expect(connection.sent).toHaveLength(4);
    connection.handler.acked(connection.sent[0]!.packetId, 0);
    for (let turns = 0; turns < 3; turns++) await turn();
    expect(connection.sent).toHaveLength(6);
  });
});

describe('the end', () => {
  it.each([
    ['broke', 'messages_failed'],
    ['closed', 'messages_unacked'],
  ] as const)('of a connection that %s leaves all that is unanswered as %s', (how, counter) => {
    const { fleet, connection, counters, device, greeter } = readyFleet();
    fleet.run(2 * EVERY_US);
    if (how === 'broke') connection.lose();
    else device.close();
    connection.end();
    expect(counters).toMatchObject({ messages_sent: 3, [counter]: 3 });
    expect(imbalances(counters)).toEqual([]);
    expect(fleet.context.load).toEqual(IDLE);
    expect(greeter.heard).toContainEqual(['detach', how]);
  });

  it('what is due while the device is away is booked as due and not sent', () => {
    const { connection, counters, greeter } = readyFleet();
    connection.lose();
    greeter.received('/d0/greet');
    expect(counters).toMatchObject({ messages_scheduled: 2, messages_sent: 1 });
  });

  it('of a trial is the end of its messages: a late acknowledgement counts for nothing', () => {
    const { fleet, connection, counters, device, greeter } = readyFleet();
    device.settle();
    connection.ack();
    expect(counters).toMatchObject({ messages_acked: 0, messages_unacked: 1 });
    expect(greeter.heard.filter(([what]) => what === 'acked')).toEqual([]);
    expect(fleet.context.load.outstanding).toBe(0);
  });

  it('a drain stops both', () => {
    const { fleet, connection, device, greeter } = readyFleet();
    device.drain();
    fleet.run(5 * EVERY_US);
    expect(connection.sent).toHaveLength(1);
    expect(greeter.heard.at(-1)).toEqual(['stop']);
  });
});

it('from trial to trial each goes on from what it had before', () => {
  const { fleet, shard, device } = readyFleet();
  device.settle();
  fleet.context.behaviours = createBehaviours(fleet.context, fleet.context.scenario, RUN + 1, 1, [
    greeting,
    telemetry,
  ]);
  device.renew();
  const renewed = (fleet.context.behaviours[0] as ShardGreeting).devices[0]!;
  expect(renewed.before).toBe(shard.devices[0]);
  expect(renewed.heard).toEqual([]);
});

it('a device has the behaviours that its scenario asks for, and no others', () => {
  const { context } = new HandDrivenFleet(scenarioOf());
  const behavioursOf = (scenario: Scenario) =>
    createBehaviours(context, scenario, RUN, 1, [greeting, telemetry]).map((each) => each.constructor.name);
  expect(behavioursOf(scenarioOf())).toEqual([]);
  expect(behavioursOf(scenarioOf({ publish: [publishOf()] }))).toEqual(['ShardTelemetry']);
  expect(behavioursOf(scenarioOf({ subscribe: [{ topic: '/a', qos: 0 }] }))).toEqual(['ShardTelemetry']);
  expect(behavioursOf({ ...scenarioOf(), ...GREET } as Scenario)).toEqual(['ShardGreeting']);
});

it('a metric of a behaviour that nobody asks for has no data, and the reason says so', () => {
  const kinds = [{ ...greeting, metrics: ['messages_failed'] as const }, telemetry];
  expect(notAskedFor('messages_failed', scenarioOf(), kinds)).toBe('the scenario asks for no greeting');
  expect(notAskedFor('messages_failed', { ...scenarioOf(), ...GREET } as Scenario, kinds)).toBeUndefined();
  expect(notAskedFor('replies_received', scenarioOf({ publish: [publishOf()] }), kinds)).toBeUndefined();
  expect(notAskedFor('connects_ok', scenarioOf(), kinds)).toBeUndefined();
});

it('a rehearsal has the scenario with all its keys in their order, and messages that follow at once', () => {
  const scenario = scenarioOf({ publish: [publishOf({ everyUs: 60e6 }), publishOf({ everyUs: 0 })] });
  const rehearsed = hurried(scenario);
  expect(Object.keys(rehearsed)).toEqual(Object.keys(scenario));
  expect(rehearsed.publish.map(({ everyUs }) => everyUs)).toEqual([3000, 0]);
  expect(rehearsed).toEqual({ ...scenario, publish: rehearsed.publish });
  expect(scenario.publish[0]!.everyUs).toBe(60e6);
});
