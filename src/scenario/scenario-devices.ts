/** The devices of a scenario: read from where it says, and where they say that they go. */
import { dirname, join, resolve } from 'node:path';
import type { Complain } from '../input/fields.ts';
import { DeviceTableBuilder } from '../model/devices/device-table.ts';
import type { DeviceSource, Scenario } from '../model/scenario.ts';
import { isAddress } from '../model/target.ts';
import type { LoginMethod } from '../platform/login-method.ts';
import { type DeviceReading, type ListOptions, readDevices } from './devices/device-list.ts';
import type { ListForm } from './devices/list-form.ts';
import type { SourceDocument } from './document/source-document.ts';
import { deviceSourceOf } from './schema/device-source-schema.ts';
import type { GivenTarget } from './target.ts';

/** The devices of a scenario that has problems elsewhere, so that those of the list are said in the same breath. */
export function soundDevices(value: unknown, method: LoginMethod): DeviceSource | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, 'devices')) return undefined;
  return deviceSourceOf(method).safeParse((value as Record<string, unknown>).devices).data;
}

/** What `devices.productKey` gives to every device of a list. */
export function productKeyOf(source: DeviceSource | undefined): Record<string, string> {
  return source?.kind === 'file' && source.productKey !== undefined ? { productKey: source.productKey } : {};
}

export async function readScenarioDevices(
  source: DeviceSource | undefined,
  form: ListForm,
  file: string,
  document: SourceDocument,
): Promise<DeviceReading> {
  if (source === undefined) return noDevices();
  const options: ListOptions = {
    at: document.placeOf(['devices', source.kind]),
    countAt: document.placeOf(['devices', 'count']),
    form,
  };
  if (source.kind === 'generate') return readDevices(source, options);
  const written = document.writtenAt(['devices', 'file']) ?? source.file;
  const isHidden = document.isFromEnvironment(['devices', 'file']);
  const shownAs = isHidden || resolve(written) === written ? written : join(dirname(file), written);
  // Its environment variable is not set: that has been said.
  if (document.isUnset(['devices', 'file'])) return noDevices();
  return readDevices({ ...source, file: resolve(dirname(file), source.file) }, { ...options, shownAs });
}

function noDevices(): DeviceReading {
  return { devices: new DeviceTableBuilder().build(), problems: [], warnings: [], addresses: [] };
}

/** Stands for an address that could not be had, which has been said: nothing is opened then. */
const NOWHERE = { kind: 'url', protocol: 'mqtts', host: 'localhost', port: 8883, path: '' } as const;

/** Where the devices of a list go: to one address, or what is wrong with it is said. */
export function targetOfAll(
  target: GivenTarget,
  { addresses, problems }: DeviceReading,
  complain: Complain,
): Scenario['target'] {
  if (target.kind !== 'list') return target;
  const [address, another] = addresses;
  if (address === undefined && problems.length === 0)
    complain(['target'], 'finds no host in the device list', 'as mqttHostUrl and port; or write a URL');
  if (address !== undefined && !isAddress(address.host, address.port)) {
    const hint = 'mqttHostUrl is a host alone, without mqtt://, and port is a whole number from 1 to 65535';
    complain(['target'], 'finds no address in the device list', hint);
    return NOWHERE;
  }
  if (another !== undefined)
    complain(['target'], 'finds several hosts in the device list', 'make a scenario for each');
  return address ?? NOWHERE;
}
