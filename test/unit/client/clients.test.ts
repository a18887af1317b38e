import { expect, it } from 'vitest';
import { CLIENTS, clientOf } from '../../../src/client/clients.ts';
import type { ClientSettings } from '../../../src/client/connection.ts';

it('are known by the names that scenarios have for them, the default first', () => {
  expect(CLIENTS.map(({ name }) => name)).toEqual(['mqtt', 'wire']);
});

it.each(CLIENTS.map(({ name }) => name))(
  '%s is found by its name, and makes connections once it is loaded',
  async (client) => {
    const createClient = await clientOf({ client }).load();
    const settings: ClientSettings = {
      protocol: '3.1.1',
      connect: { stages: [], keepaliveSec: 300, timeoutUs: 10e6, maxInFlight: 1000 },
      tls: { verify: true },
    };
    expect(clientOf({ client }).name).toBe(client);
    expect(createClient(settings)).toHaveProperty('connect');
  },
);
