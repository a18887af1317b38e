/** One run of `register`: its plan is made of what was given, then carried out. */
import type { Client } from '../client/connection.ts';
import { wire } from '../client/wire/wire.ts';
import type { Clock } from '../model/clock.ts';
import type { DeviceTable } from '../model/devices/device-table.ts';
import type { Signmethod, TlsOptions } from '../model/scenario.ts';
import type { KeptRows } from './kept-rows.ts';
import type { ProductSecrets } from './product-secrets.ts';
import { type Method, type RegisterService, serviceText } from './register-target.ts';
import { Registrar } from './registrar.ts';
import type { TriplesFile } from './triples-file.ts';
import { HttpsWay } from './way/https-way.ts';
import { MqttWay, REGISTRATION_KEEPALIVE_SEC } from './way/mqtt-way.ts';
import type { Way } from './way/way.ts';

export interface RegistrationPlan {
  devices: DeviceTable;
  /** The rows that have no secret yet. */
  rows: Uint32Array;
  secrets: ProductSecrets;
  method: Method;
  service: RegisterService;
  signmethod: Signmethod;
  instanceId: string | undefined;
  tls: TlsOptions;
  ratePerSec: number;
  maxInFlight: number;
  timeoutUs: number;
}

/** Rows of the devices that are not in the list that is written. */
export function rowsToAsk(devices: DeviceTable, kept: KeptRows): Uint32Array {
  const rows = new Uint32Array(devices.count);
  let count = 0;
  for (let row = 0; row < devices.count; row++) {
    if (!kept.has(devices.productKey(row), devices.deviceName(row))) rows[count++] = row;
  }
  return rows.subarray(0, count);
}

export async function registrarOf(
  plan: RegistrationPlan,
  file: TriplesFile,
  clock: Clock,
): Promise<Registrar> {
  const { devices, rows, secrets, ratePerSec, maxInFlight } = plan;
  return new Registrar(
    {
      count: rows.length,
      device: (nth) => devices.identity(rows[nth]!),
      productSecret: (nth) => secrets.of(rows[nth]!),
      ratePerSec,
      maxInFlight,
      clock,
      keep: (row) => file.append(row),
    },
    await wayOf(plan, clock),
  );
}

async function wayOf(plan: RegistrationPlan, clock: Clock): Promise<Way> {
  const { service, method, signmethod, instanceId, timeoutUs } = plan;
  if (service.kind === 'https')
    return new HttpsWay(clock, { url: serviceText(service), tls: plan.tls, signmethod, timeoutUs });
  return new MqttWay(await clientOf(plan), clock, {
    registration: method === 'mqtt-nwl' ? 'regnwl' : 'register',
    target: service.target,
    signmethod,
    instanceId,
    timeoutUs,
  });
}

async function clientOf({ tls, timeoutUs, maxInFlight }: RegistrationPlan): Promise<Client> {
  const create = await wire.load();
  const connect = { stages: [], keepaliveSec: REGISTRATION_KEEPALIVE_SEC, timeoutUs, maxInFlight };
  return create({ protocol: '3.1.1', connect, tls });
}
