/** The embedded stand-in of a run: started before it, asked for its counts after it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Embedded, startEmbedded } from '../broker/embedded.ts';
import { badInput } from '../errors.ts';
import type { Observed } from '../metrics/observer.ts';
import { readDevices } from '../scenario/device-list.ts';
import type { DeviceTable } from '../scenario/device-table.ts';
import type { Scenario } from '../scenario/scenario.ts';

/** It checks signatures against the scenario's own devices, or against `broker.devices` where that is given. */
export async function startStandInFor(scenario: Scenario, devices: DeviceTable): Promise<Embedded> {
  const { devicesFile, tls, faults } = scenario.broker;
  let known = devices;
  if (devicesFile !== undefined) {
    const list = await readDevices({ kind: 'file', file: devicesFile });
    if (list.problems.length > 0) throw badInput(list.problems);
    known = list.devices;
  }
  return startEmbedded({
    devices: known.shared,
    host: '127.0.0.1',
    faults,
    ...(tls ? { tls: 0 } : { tcp: 0 }),
  });
}

/** The last packets of a run may still be on their way: waits until it holds no connection open, two seconds at most. */
export async function observationsOf(standIn: Embedded): Promise<Observed> {
  let counts = await standIn.counts();
  for (let tries = 0; tries < 100 && counts.connections_open > 0; tries++) {
    await sleep(20);
    counts = await standIn.counts();
  }
  return { counts, truth: { ...(await standIn.truth()) } };
}
