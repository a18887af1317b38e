import { expect, it } from 'vitest';
import { HandDrivenFleet, scenarioOf } from '../fleet.ts';

/** From where each of ten devices connects, in their order. */
function localAddresses(addresses: string[] | undefined): (string | undefined)[] {
  const fleet = new HandDrivenFleet(scenarioOf({ localAddresses: addresses }));
  for (let row = 0; row < 10; row++) fleet.start(row);
  return fleet.client.connections.map(({ endpoint }) => endpoint.localAddress);
}

it('spreads devices evenly over the local addresses', () => {
  const [a, b, c] = ['127.0.0.2', '127.0.0.3', '127.0.0.4'];
  expect(localAddresses([a!, b!, c!])).toEqual([a, b, c, a, b, c, a, b, c, a]);
});

it('leaves the address to the system where none is given', () => {
  expect(localAddresses(undefined)).toEqual(Array(10).fill(undefined));
});

it('comes back from the same address', () => {
  const reconnect = { policy: 'fixed', delayUs: 1e6, maxDelayUs: 1e6, perMinute: 5 } as const;
  const fleet = new HandDrivenFleet(scenarioOf({ reconnect, localAddresses: ['127.0.0.2', '127.0.0.3'] }));
  const { connection } = fleet.start(1);
  connection.open();
  connection.lose();
  fleet.run(2e6);
  expect(fleet.client.connections.map(({ endpoint }) => endpoint.localAddress)).toEqual([
    '127.0.0.3',
    '127.0.0.3',
  ]);
});
