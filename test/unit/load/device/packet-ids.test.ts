/** Packet ids come round after 65,535, and some may still be on their way. */
import { expect, it } from 'vitest';
import { HandDrivenFleet, publishOf, scenarioOf } from '../fleet.ts';

it('an id whose PUBACK has never come is not given to another message', () => {
  const fleet = new HandDrivenFleet(scenarioOf({ publish: [publishOf()] }));
  const { connection } = fleet.start(4);
  connection.open();
  const send = (): number => {
    const { length } = connection.sent;
    while (connection.sent.length === length) fleet.run(1_000_000);
    return connection.sent.at(-1)!.packetId;
  };
  expect([send(), send(), send()]).toEqual([1, 2, 3]);
  connection.handler.acked(2, 0);
  connection.lastPacketId = 65_534;
  expect([send(), send(), send()]).toEqual([65_535, 2, 4]);
  const { counters } = fleet.recorder;
  for (const packetId of [1, 3, 65_535, 2, 4]) connection.handler.acked(packetId, 0);
  expect(counters).toMatchObject({ messages_sent: 6, messages_acked: 6 });
  expect(fleet.context.load.outstanding).toBe(0);
});
