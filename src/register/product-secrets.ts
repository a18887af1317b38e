/** The ProductSecret of each device: beside it in the list, or one for all, from a file or the environment. */
import type { DeviceTable } from '../model/devices/device-table.ts';
import type { Problem } from '../model/errors.ts';

export const SECRET_VARIABLE = 'MQTT_FLEET_PRODUCT_SECRET';

export const WHERE_A_PRODUCT_SECRET_IS = `put it into a file for --product-secret-file, into the environment variable ${SECRET_VARIABLE}, or into a column productSecret of the list; there is no flag for it`;

export interface ProductSecrets {
  of(row: number): string;
}

/** Problems where a device has none, or one for all is to be that of two products. `list` names the list, of which the secrets are column 0. */
export function productSecretsOf(
  list: string,
  devices: DeviceTable,
  forAll: string | undefined,
): ProductSecrets | Problem[] {
  const without = new Set<string>();
  for (let row = 0; row < devices.count; row++) {
    if (devices.secret(row).length === 0) without.add(devices.productKey(row));
  }
  if (without.size > 0 && !forAll)
    return [{ file: list, message: noSecretFor([...without]), hint: WHERE_A_PRODUCT_SECRET_IS }];
  if (without.size > 1) {
    const message = `has devices of ${without.size} products, for which there is one ProductSecret`;
    return [{ file: list, message, hint: 'put that of each into a column productSecret of the list' }];
  }
  return { of: (row) => devices.loginColumn(row, 0) || forAll! };
}

const MOST_NAMED = 5;

function noSecretFor(productKeys: string[]): string {
  const named = productKeys.slice(0, MOST_NAMED).join(', ');
  const more = productKeys.length > MOST_NAMED ? `, and ${productKeys.length - MOST_NAMED} more` : '';
  return `no ProductSecret for ${named}${more}`;
}
