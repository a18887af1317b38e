/** Whom the stand-in lets in as OneNET would. */

import { DeviceIndex } from '../../../model/devices/device-index.ts';
import { brokerRules, EXPIRED, letIn, UNKNOWN_DEVICE, WRONG_PASSWORD } from '../../broker-rules.ts';
import { bytesOfBase64, epochSec } from '../names.ts';
import { ONENET_HASHES, onenetToken, resourceOf } from './token.ts';

export const ONENET_STAND_IN = brokerRules((devices) => {
  const index = DeviceIndex.of(devices);
  return ({ mqttClientId, username, password }) => {
    const row = index.find(username, mqttClientId);
    if (row === -1) return UNKNOWN_DEVICE;
    const token = new URLSearchParams(password);
    const method = ONENET_HASHES.find((name) => name === token.get('method'));
    const et = token.get('et') ?? '';
    if (method === undefined || token.get('res') !== resourceOf(username, mqttClientId))
      return WRONG_PASSWORD;
    const right = onenetToken(
      resourceOf(username, mqttClientId),
      et,
      method,
      bytesOfBase64(devices.secret(row)),
      token.get('version') ?? '',
    );
    // The order of the pairs is free: what they say is compared.
    if (!sameSignature(token, new URLSearchParams(right))) return WRONG_PASSWORD;
    return Number(et) < epochSec(Date.now()) ? EXPIRED : letIn(devices, row);
  };
});

function sameSignature(token: URLSearchParams, right: URLSearchParams): boolean {
  return token.get('sign') === right.get('sign');
}
