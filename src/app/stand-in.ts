/** The stand-in of a run: started before it, asked for its counts after it. */
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { SeenByStandIn } from '../metrics/health/stand-in-report.ts';
import type { DeviceTable } from '../model/devices/device-table.ts';
import { badInput, FleetError } from '../model/errors.ts';
import type { Auth, Scenario, Target } from '../model/scenario.ts';
import { authorityOf, EMBEDDED_SERVICE } from '../model/target.ts';
import { aliyun } from '../platform/aliyun/aliyun.ts';
import { readyMade } from '../platform/aliyun/login/ready-made.ts';
import { methodOf, platformOf, withColumns } from '../platform/platforms.ts';
import { readDevices } from '../scenario/devices/device-list.ts';
import { listFormOf } from '../scenario/devices/list-form.ts';
import { type StandInProcess, startStandInProcess } from '../stand-in/process/parent.ts';

/** Whom the stand-in lets in, by what the scenario's devices sign in with: `broker.devices` where that is given, else those devices. */
export async function devicesKnownTo(scenario: Scenario, devices: DeviceTable): Promise<DeviceTable> {
  const { devicesFile } = scenario.broker;
  if (scenario.target.kind !== 'embedded' || devicesFile === undefined) return devices;
  const platform = platformOf(scenario);
  const auth = knownBy(scenario);
  const method = auth === undefined ? platform.methods[0] : withColumns(methodOf(platform, auth), auth);
  const form = listFormOf(platform, method);
  const list = await readDevices({ kind: 'file', file: devicesFile }, { form });
  if (list.problems.length > 0) throw badInput(list.problems);
  return list.devices;
}

/** By what the stand-in judges its devices: ready-made credentials of Aliyun it holds against the triples of a list of its own. */
function knownBy({ broker, platform, auth }: Scenario): Auth | undefined {
  const isReadyMade = platform === aliyun.name && auth.method === readyMade.name;
  return broker.devicesFile !== undefined && isReadyMade ? undefined : auth;
}

/** A scenario's target as it is while `embedded` stands for a stand-in of its own. */
export interface Aimed {
  scenario: Scenario;
  target: Target;
  /** Where that is the target. */
  standIn: StandInProcess | undefined;
}

/** Starts the stand-in where that is the target, letting in the devices in `known`, and closes it again whatever comes of `work`. */
export async function withStandIn<Result>(
  scenario: Scenario,
  known: DeviceTable,
  work: (aimed: Aimed) => Promise<Result>,
): Promise<Result> {
  const standIn = scenario.target.kind === 'embedded' ? await startStandInFor(scenario, known) : undefined;
  try {
    return await work({ ...aimedAt(scenario, standIn), standIn });
  } finally {
    await standIn?.close();
  }
}

async function startStandInFor(scenario: Scenario, known: DeviceTable): Promise<StandInProcess> {
  const { tls, clientCaFile, certificate, strictSecuremode, faults, quotas } = scenario.broker;
  return startStandInProcess({
    devices: known.shared,
    platform: scenario.platform,
    auth: knownBy(scenario),
    host: '127.0.0.1',
    certificate,
    strictSecuremode,
    ...(clientCaFile && { clientCa: await readFile(clientCaFile, 'utf8') }),
    faults,
    quotas,
    ...(tls ? { tls: 0 } : { tcp: 0 }),
    ...(asksStandIn(scenario) && { http: 0 }),
  });
}

/** Whether its devices ask for something before they connect, and the stand-in for it. */
function asksStandIn({ auth }: Scenario): boolean {
  return auth.url === EMBEDDED_SERVICE;
}

function serviceUrlOf(scenario: Scenario, { httpPort, target }: StandInProcess): string {
  const { service } = methodOf(platformOf(scenario), scenario.auth);
  const host = target.kind === 'url' ? target.host : '127.0.0.1';
  return `https://${authorityOf(host, httpPort!)}${service!.path}`;
}

/** Where a scenario really goes, and whom it trusts there: `embedded` becomes the address and the certificate of its stand-in. */
function aimedAt(scenario: Scenario, standIn: StandInProcess | undefined): Omit<Aimed, 'standIn'> {
  const target = standIn?.target ?? (scenario.target as Target);
  if (standIn?.ca === undefined) return { scenario, target };
  const auth = asksStandIn(scenario)
    ? { ...scenario.auth, url: serviceUrlOf(scenario, standIn) }
    : scenario.auth;
  return { scenario: { ...scenario, auth, tls: { ...scenario.tls, ca: standIn.ca } }, target };
}

/**
 * The last packets of a run may still be on their way: waits until it holds no connection open, two seconds at most. Undefined where it
 * was lost, and with it what it saw.
 */
export function observationsOf(standIn: StandInProcess): Promise<SeenByStandIn | undefined> {
  return unlessLost(observedBy(standIn));
}

async function unlessLost<Told>(asked: Promise<Told>): Promise<Told | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof FleetError && error.code === 'stand-in-lost') return undefined;
    throw error;
  }
}

/** Whom it refused, into the log of the run: device, code, reason, and the mistake. */
export async function logRefusals(standIn: StandInProcess, log: Pick<Logger, 'warn'>): Promise<void> {
  const told = await unlessLost(standIn.refusals());
  if (told === undefined) return;
  const { notes, beyond } = told;
  for (const note of notes) log.warn(note, 'refused by the stand-in');
  for (const [reason, count] of Object.entries(beyond))
    log.warn({ reason, count }, 'refused by the stand-in, of other devices');
}

async function observedBy(standIn: StandInProcess): Promise<SeenByStandIn> {
  let counts = await standIn.counts();
  for (let tries = 0; tries < 100 && counts.connections_open > 0; tries++) {
    await sleep(20);
    counts = await standIn.counts();
  }
  return { counts, truth: { ...(await standIn.truth()) } };
}
