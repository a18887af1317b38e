/** Messages that are due and cannot go: counted with the reason, and without a number of their own. */
import { expect, it } from 'vitest';
import { HandDrivenFleet, publishOf, scenarioOf } from '../fleet.ts';

const EVERY_US = 100_000;

function openedFleet(...plans: Parameters<typeof publishOf>[0][]) {
  const fleet = new HandDrivenFleet(
    scenarioOf({ publish: plans.map((plan) => publishOf({ everyUs: EVERY_US, ...plan })) }),
  );
  const { device, connection } = fleet.start();
  connection.open();
  return { fleet, device, connection };
}

it('what the far side has not read is not added to beyond 256 KB', () => {
  const { fleet, connection } = openedFleet({ qos: 0 });
  connection.unwrittenBytes = 256 * 1024;
  fleet.run(10 * EVERY_US);
  expect(connection.sent).toHaveLength(10);
  connection.unwrittenBytes++;
  fleet.run(10 * EVERY_US);
  expect(connection.sent).toHaveLength(10);
  connection.unwrittenBytes = 0;
  fleet.run(EVERY_US);
  expect(connection.sent.at(-1)!.payload).toBe('{"id":"11"}');
  const { counters, failures } = fleet.recorder.take();
  expect(counters).toMatchObject({ messages_scheduled: 21, messages_sent: 11 });
  expect(failures).toMatchObject([{ phase: 'publish', kind: 'backpressure', code: '', count: 10 }]);
});

it('what the server forbids is not sent, and the next message has the number after the last that was', () => {
  const { fleet, connection } = openedFleet({});
  fleet.run(2 * EVERY_US);
  connection.limits.maximumQos = 0;
  fleet.run(3 * EVERY_US);
  connection.limits.maximumQos = 1;
  connection.limits.maximumPacketSize = 1;
  fleet.run(4 * EVERY_US);
  connection.limits.maximumPacketSize = Number.POSITIVE_INFINITY;
  fleet.run(EVERY_US);
  expect(connection.sent.map(({ payload }) => payload)).toEqual(['{"id":"1"}', '{"id":"2"}', '{"id":"3"}']);
  const { counters, failures } = fleet.recorder.take();
  expect(counters).toMatchObject({ messages_scheduled: 10, messages_sent: 3 });
  expect(failures).toMatchObject([
    { phase: 'publish', kind: 'forbidden', code: 'Maximum QoS 0', count: 3, examples: ['d0'] },
    { phase: 'publish', kind: 'forbidden', code: 'Maximum Packet Size 1', count: 4 },
  ]);
});

it('no more messages are on their way than the server’s Receive Maximum; those of QoS 0 are none of them', () => {
  const { fleet, connection } = openedFleet({ qos: 1 }, { qos: 0 });
  connection.limits.receiveMaximum = 2;
  fleet.run(10 * EVERY_US);
  expect(connection.unacked).toHaveLength(2);
  expect(connection.sent).toHaveLength(12);
  connection.ack();
  fleet.run(EVERY_US);
  expect(connection.sent).toHaveLength(14);
  const { failures } = fleet.recorder.take();
  expect(failures).toMatchObject([
    { phase: 'publish', kind: 'forbidden', code: 'Receive Maximum 2', count: 8 },
  ]);
});

it('without a pace it is said once for each connection', async () => {
  const { fleet, connection } = openedFleet({ everyUs: 0, qos: 1 });
  connection.limits.maximumQos = 0;
  for (let turn = 0; turn < 5; turn++) {
    connection.drain();
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(connection.sent).toEqual([]);
  const { counters, failures } = fleet.recorder.take();
  expect(counters).toMatchObject({ messages_scheduled: 1 });
  expect(failures).toMatchObject([{ phase: 'publish', code: 'Maximum QoS 0', count: 1 }]);
});

it.each([
  [0, 1, 0],
  [16, 1, 0],
  [127, 1, 0],
  [128, 0, 1],
  [151, 0, 1],
])('a PUBACK with reason %i is %i message acknowledged and %i refused', (reason, acked, refused) => {
  const { fleet, connection } = openedFleet({});
  fleet.run(EVERY_US);
  connection.ack(reason);
  const { counters, failures } = fleet.recorder.take();
  expect([counters.messages_acked ?? 0, counters.messages_failed ?? 0]).toEqual([acked, refused]);
  const expected = [{ phase: 'puback', kind: 'rejected', code: `PUBACK ${reason}` }];
  expect(failures).toMatchObject(refused === 1 ? expected : []);
});

it('what still waits in this process when the run closes the connection is said to be cut off, once for each device', () => {
  const { fleet, device, connection } = openedFleet({ qos: 0 });
  fleet.run(3 * EVERY_US);
  connection.unwrittenBytes = 100;
  device.close();
  const { counters, failures } = fleet.recorder.take();
  expect(counters.messages_sent).toBe(3);
  expect(failures).toMatchObject([{ phase: 'publish', kind: 'cut-off', count: 1, examples: ['d0'] }]);
});

it('nothing is said of a connection that holds nothing back', () => {
  const { fleet, device } = openedFleet({ qos: 0 });
  fleet.run(3 * EVERY_US);
  device.close();
  expect(fleet.recorder.take().failures).toEqual([]);
});
