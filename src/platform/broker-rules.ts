/** How the stand-in behaves where the platform is a broker like any other: it knows its devices, and no topic is special. */
import { DeviceIndex } from '../model/devices/device-index.ts';
import type { DeviceTable, RowKey } from '../model/devices/device-table.ts';
import type { Check, CheckVerdict, RefusedConnect, StandInRules } from './check.ts';
import type { PlatformLimits } from './platform.ts';

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
    prepare: (devices, auth) => ({
      judge: check(devices, auth),
      // By its client id: a user name may be a token.
      explain: async ({ mqttClientId }) => ({ device: mqttClientId }),
    }),
    keepaliveReturnCode: KEEPALIVE_RETURN_CODE,
    isOwnTopic: () => true,
    answersAlink: false,
    isOpenBroker: true,
  };
}

const NONE = Number.POSITIVE_INFINITY;
/** MQTT 3.1.1, 1.5.3: a string has a length of two bytes. */
export const MOST_STRING_BYTES = 65_535;

/** Those of MQTT and of the clients here, for what a platform documents no limit of its own. */
export const BROKER_LIMITS = {
  keepaliveSec: [0, 65_535],
  clientIdCharacters: MOST_STRING_BYTES,
  // A client here takes packets of up to 1 MiB: the message with its topic must come back in one.
  messageBytes: 896 * 1024,
  subscriptions: NONE,
  topicsPerSubscribe: NONE,
  connectsPerMinute: NONE,
  messagesPerSec: [NONE, NONE],
  accountConnectsPerSec: NONE,
  accountMessagesPerSec: NONE,
  newInstanceDevices: NONE,
} as const satisfies PlatformLimits;

/** Finds a row by what makes a device where that is one text; -1 if there is none. */
export type FindRow = (text: string) => number;

function rowBy(devices: DeviceTable, key: (row: number) => RowKey): FindRow {
  const index = new DeviceIndex({ key }, devices.count);
  for (let row = 0; row < devices.count; row++) index.add(row);
  return (text) => index.find('', text);
}

/** Where a deviceName alone makes a device. */
export function rowByDeviceName(devices: DeviceTable): FindRow {
  return rowBy(devices, (row) => {
    const { text, middle, end } = devices.key(row);
    return { text, start: middle, middle, end };
  });
}

/** Where a device is called by productKey and deviceName with nothing between them. */
export function rowByJoinedNames(devices: DeviceTable): FindRow {
  return rowBy(devices, (row) => {
    const { text, start, end } = devices.key(row);
    return { text, start, middle: start, end };
  });
}

export function rowByClientId(devices: DeviceTable): FindRow {
  return rowBy(devices, (row) => devices.clientIdKey(row));
}

/** The device of that row, let in. */
export function letIn(devices: DeviceTable, row: number): CheckVerdict {
  return { ok: true, productKey: devices.productKey(row), deviceName: devices.deviceName(row) };
}
