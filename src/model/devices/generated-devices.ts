/**
 * Devices for the stand-in and private brokers. Their secrets follow from their names, so that a stand-in in another process knows them
 * too; they protect nothing.
 */
import { hash } from 'node:crypto';
import { type DeviceTable, DeviceTableBuilder } from './device-table.ts';

/** Most devices that are generated: their table takes 0.7 GB. */
export const MAX_GENERATED = 10_000_000;
export const DEFAULT_PREFIX = 'd';
/** Bytes of one generated row, roughly: secret, name and key. */
const ROW_BYTES = 64;

/** `number` counts from 1: d000001, … d999999, d1000000. A name does not depend on how many devices there are. */
export function generatedName(prefix: string, number: number): string {
  return prefix + String(number).padStart(6, '0');
}

/** 32 hex characters, as the platform's own secrets. */
export function generatedSecret(productKey: string, deviceName: string): string {
  return hash('sha256', `mqtt-fleet ${productKey}/${deviceName}`, 'hex').slice(0, 32);
}

/** What generated devices have beside their names: the columns of their login, and a client id where it is not the table's own. */
export interface GeneratedLogin {
  columns(productKey: string, deviceName: string): readonly string[];
  clientId(deviceName: string): string;
}

const OWN_SECRET: GeneratedLogin = {
  columns: (productKey, deviceName) => [generatedSecret(productKey, deviceName)],
  clientId: () => '',
};

export function generateDevices(
  productKey: string,
  count: number,
  prefix: string,
  login = OWN_SECRET,
): DeviceTable {
  const builder = new DeviceTableBuilder(count * ROW_BYTES, login.columns(productKey, prefix).length);
  for (let number = 1; number <= count; number++) {
    const deviceName = generatedName(prefix, number);
    const [secret = '', ...more] = login.columns(productKey, deviceName);
    builder.add(productKey, deviceName, secret, login.clientId(deviceName), more);
  }
  return builder.build();
}
