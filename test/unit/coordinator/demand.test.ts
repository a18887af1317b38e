import { expect, it } from 'vitest';
import { demandOf } from '../../../src/coordinator/demand.ts';
import { planRun } from '../../../src/coordinator/plan.ts';
import { devicesOf, scenarioOf } from '../load/fleet.ts';

function demandWith(auth: object) {
  const scenario = { ...scenarioOf(), ...{ auth: { ...scenarioOf().auth, ...auth } } };
  return demandOf(scenario, planRun(scenario, devicesOf(10), 1));
}

it('tells whether each request for a token costs a TLS handshake', () => {
  const asked = { method: 'https', url: 'https://127.0.0.1/auth', keepAlive: false };
  expect(demandWith({})).toMatchObject({ requests: 0, areRequestsApart: false });
  expect(demandWith(asked)).toMatchObject({ areRequestsApart: true });
  expect(demandWith(asked).requests).toBeGreaterThan(0);
  expect(demandWith({ ...asked, keepAlive: true })).toMatchObject({ areRequestsApart: false });
  expect(demandWith({ ...asked, url: 'http://127.0.0.1/auth' })).toMatchObject({ areRequestsApart: false });
});
