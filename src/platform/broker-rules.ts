/** How the stand-in behaves where the platform is a broker like any other: it knows its devices, and no topic is special. */
import { DeviceIndex } from '../model/devices/device-index.ts';
import type { DeviceTable } from '../model/devices/device-table.ts';
import type { Check, CheckVerdict, RefusedConnect, StandInRules } from './check.ts';

/** MQTT 3.1.1, 3.2.2.3: what the platform's own words are not known for. */
export const MALFORMED_CLIENT_ID: RefusedConnect = {
  ok: false,
  returnCode: 2,
  reason: 'malformed-client-id',
};
export const MALFORMED_USERNAME: RefusedConnect = { ok: false, returnCode: 4, reason: 'malformed-username' };
export const WRONG_PASSWORD: RefusedConnect = { ok: false, returnCode: 4, reason: 'wrong-password' };
export const EXPIRED: RefusedConnect = { ok: false, returnCode: 4, reason: 'expired' };
export const UNKNOWN_DEVICE: RefusedConnect = { ok: false, returnCode: 5, reason: 'unknown-device' };

/** No code is documented for a keepalive that is out of the platform's range. */
const KEEPALIVE_RETURN_CODE = 2;

export function brokerRules(
  check: (...prepared: Parameters<StandInRules['prepare']>) => Check,
): StandInRules {
  return {
    prepare: (devices, auth) => ({ judge: check(devices, auth) }),
    keepaliveReturnCode: KEEPALIVE_RETURN_CODE,
    isOwnTopic: () => true,
    answersAlink: false,
    isOpenBroker: true,
  };
}

/** Finds a row by what makes a device where that is one text; -1 if there is none. */
export type FindRow = (text: string) => number;

/** Where a deviceName alone makes a device. */
export function rowByDeviceName(devices: DeviceTable): FindRow {
  const index = new DeviceIndex(
    { key: (row) => ({ ...devices.key(row), start: devices.key(row).middle }) },
    devices.count,
  );
  for (let row = 0; row < devices.count; row++) index.add(row);
  return (deviceName) => index.find('', deviceName);
}

export function rowByClientId(devices: DeviceTable): FindRow {
  const index = new DeviceIndex({ key: (row) => devices.clientIdKey(row) }, devices.count);
  for (let row = 0; row < devices.count; row++) index.add(row);
  return (clientId) => index.find('', clientId);
}

/** The device of that row, let in. */
export function letIn(devices: DeviceTable, row: number): CheckVerdict {
  return { ok: true, productKey: devices.productKey(row), deviceName: devices.deviceName(row) };
}
