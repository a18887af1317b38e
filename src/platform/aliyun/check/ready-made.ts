/** Ready-made credentials held against the list that they stand in: whoever has no secret can tell no more. */
import { DeviceIndex } from '../../../model/devices/device-index.ts';
import type { DeviceTable } from '../../../model/devices/device-table.ts';
import type { Check } from '../../check.ts';
import { PASSWORD, USERNAME } from '../../plain/password.ts';
import { parseUsername } from '../signing/username.ts';

export function readyMadeCheck(devices: DeviceTable): Check {
  const index = DeviceIndex.of(devices);
  return ({ username, password, mqttClientId }) => {
    const named = parseUsername(username);
    const row = named === undefined ? -1 : index.find(named.productKey, named.deviceName);
    if (row === -1) return { ok: false, returnCode: 5, reason: 'unknown-device' };
    const isListed =
      devices.loginColumn(row, USERNAME) === username &&
      devices.clientId(row) === mqttClientId &&
      devices.loginColumn(row, PASSWORD).toLowerCase() === password.toLowerCase();
    return isListed
      ? { ok: true, productKey: devices.productKey(row), deviceName: devices.deviceName(row) }
      : { ok: false, returnCode: 4, reason: 'wrong-password' };
  };
}
