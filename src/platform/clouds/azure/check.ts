/** Whom the stand-in lets in as an IoT Hub would, which says 5, not authorised, whatever is wrong. */
import { brokerRules, letIn, rowByDeviceName } from '../../broker-rules.ts';
import type { RefusedConnect } from '../../check.ts';
import { bytesOfBase64, epochSec } from '../names.ts';
import { sharedAccessSignature } from './sas.ts';

/** `<host>/<device id>/?api-version=…`; a device id has no slash. */
const USERNAME = /^([^/]+)\/([^/]+)\/\?api-version=[\w-]+(?:&.*)?$/;
const PREFIX = 'SharedAccessSignature ';

export const AZURE_STAND_IN = brokerRules((devices) => {
  const rowOf = rowByDeviceName(devices);
  return ({ mqttClientId, username, password }) => {
    const [, host, deviceId] = USERNAME.exec(username) ?? [];
    if (host === undefined || deviceId === undefined || deviceId !== mqttClientId)
      return refused('malformed-username');
    const row = rowOf(deviceId);
    if (row === -1) return refused('unknown-device');
    if (!password.startsWith(PREFIX)) return refused('wrong-password');
    const se = new URLSearchParams(password.slice(PREFIX.length)).get('se') ?? '';
    const key = bytesOfBase64(devices.secret(row));
    if (password !== sharedAccessSignature(`${host}/devices/${deviceId}`, se, key))
      return refused('wrong-password');
    return Number(se) < epochSec(Date.now()) ? refused('expired') : letIn(devices, row);
  };
});

function refused(reason: string): RefusedConnect {
  return { ok: false, returnCode: 5, reason };
}
