/** A login with a certificate [certificates]: which device it is bound to, as the platform's console binds them. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { DeviceTable } from '../../../model/devices/device-table.ts';
import { MALFORMED_CLIENT_ID, MALFORMED_USERNAME } from '../../broker-rules.ts';
import type { Check, CheckVerdict } from '../../check.ts';
import { CERT } from '../../plain/own-certificate.ts';
import { parseClientId } from '../signing/client-id.ts';

const IDENTITY_TOPIC = '/ext/auth/identity/response';

/** No code is documented; these are the platform's for a wrong password and for a device that does not exist. */
const NO_CERTIFICATE = { ok: false, returnCode: 4, reason: 'no-certificate' } as const;
const UNKNOWN_CERTIFICATE = { ok: false, returnCode: 5, reason: 'unknown-certificate' } as const;

/** Judges by the certificates in the files that the list names. */
export function certificateCheck(devices: DeviceTable): Check {
  const rows = new Map<string, number>();
  for (let row = 0; row < devices.count; row++) {
    const { fingerprint256 } = new X509Certificate(readFileSync(devices.loginColumn(row, CERT)));
    rows.set(fingerprint256, row);
  }
  return ({ mqttClientId, username, certificate }): CheckVerdict => {
    if (!parseClientId(mqttClientId).ok) return MALFORMED_CLIENT_ID;
    if (certificate === undefined) return NO_CERTIFICATE;
    const row = rows.get(certificate);
    if (row === undefined) return UNKNOWN_CERTIFICATE;
    const { productKey, deviceName } = devices.identity(row);
    // An SDK joins two empty names. One that comes back may say the names that it was told; nobody looks at its password.
    const isNameless = username === '' || username === '&';
    if (!isNameless && username !== `${deviceName}&${productKey}`) return MALFORMED_USERNAME;
    const greeting = { topic: IDENTITY_TOPIC, payload: JSON.stringify({ productKey, deviceName }) };
    return { ok: true, productKey, deviceName, ...(isNameless && { greeting }) };
  };
}
