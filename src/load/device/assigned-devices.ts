/** Where a shard has the triples of its devices from: beside its assignment, since secrets do not travel as the rest does. */
import { DeviceTable, type SharedDevices } from '../../model/devices/device-table.ts';

/** `shared`: memory of the process that the shard runs in. */
export type AssignedDevices = { kind: 'shared'; table: SharedDevices };

export function deviceTableOf(devices: AssignedDevices): DeviceTable {
  return new DeviceTable(devices.table);
}
