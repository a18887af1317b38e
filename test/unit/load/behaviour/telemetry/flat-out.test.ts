import { setImmediate as turnOfLoop } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { HandDrivenFleet, ledgerOf, publishOf, scenarioOf } from '../../fleet.ts';

const FLAT_OUT = { everyUs: 0, payload: { kind: 'size', sizes: { kind: 'fixed', bytes: 32 } } } as const;

function openedDevice(qos: 0 | 1, receiveMaximum?: number) {
  const fleet = new HandDrivenFleet(scenarioOf({ publish: [publishOf({ ...FLAT_OUT, qos })] }), 10e6);
  const { device, connection } = fleet.start();
  if (receiveMaximum !== undefined) connection.limits.receiveMaximum = receiveMaximum;
  connection.open();
  return { fleet, device, connection, counters: fleet.recorder.counters };
}

async function turns(times: number): Promise<void> {
  for (let turn = 0; turn < times; turn++) await turnOfLoop();
}

describe('a plan without a pace at QoS 0', () => {
  it('sends turn after turn, with no slip, until publishing ends', async () => {
    const { fleet, connection, counters } = openedDevice(0);
    await turns(3);
    const before = connection.sent.length;
    expect(before).toBeGreaterThan(200);
    expect(counters).toMatchObject({ messages_sent: before, messages_scheduled: before });
    expect(fleet.recorder.trends.publish_slip.count).toBe(0);
    fleet.clock.advance(10e6);
    await turns(3);
    expect(connection.sent.length).toBe(before);
  });

  it('waits while the connection takes no more', async () => {
    const { connection } = openedDevice(0);
    connection.takesMore = false;
    await turns(3);
    expect(connection.sent).toEqual([]);
    expect(connection.drainsAwaited).toBeGreaterThan(0);
    connection.takesMore = true;
    connection.drain();
    await turns(2);
    expect(connection.sent.length).toBeGreaterThan(100);
  });

  it('numbers its messages without a gap', async () => {
    const { device, connection } = openedDevice(0);
    await turns(2);
    const { sent } = ledgerOf(device);
    expect(sent.slice(0, 4)).toEqual([0, 0, 1, connection.sent.length]);
  });

  it('stops with the run', async () => {
    const { device, connection } = openedDevice(0);
    await turns(1);
    const before = connection.sent.length;
    device.drain();
    await turns(3);
    expect(connection.sent.length).toBe(before);
  });
});

describe('a plan without a pace at QoS 1', () => {
  it('has a hundred messages on their way and goes on when half of them are acknowledged', async () => {
    const { fleet, connection, counters } = openedDevice(1);
    await turns(4);
    expect(connection.sent.length).toBe(100);
    for (let acks = 0; acks < 49; acks++) connection.ack();
    await turns(2);
    expect(connection.sent.length).toBe(100);
    connection.ack();
    await turns(2);
    expect(connection.sent.length).toBe(150);
    expect(counters.messages_acked).toBe(50);
    expect(fleet.context.load.outstanding).toBe(100);
  });

  it('has no more on their way than an MQTT 5 server takes', async () => {
    const { connection } = openedDevice(1, 3);
    await turns(4);
    expect(connection.sent.length).toBe(3);
    connection.ack();
    connection.ack();
    await turns(2);
    expect(connection.sent.length).toBe(5);
  });
});

it('a paced plan too keeps to what an MQTT 5 server takes: what is due meanwhile is not sent', () => {
  const fleet = new HandDrivenFleet(scenarioOf({ publish: [publishOf({ everyUs: 100_000 })] }));
  const { connection } = fleet.start();
  connection.limits.receiveMaximum = 2;
  connection.open();
  fleet.run(1e6);
  expect(connection.sent.length).toBe(2);
  expect(fleet.recorder.counters.messages_scheduled).toBe(10);
});
