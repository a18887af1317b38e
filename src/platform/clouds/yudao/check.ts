/** Whom the stand-in lets in as a yudao server would: it knows a device by its user name, and signs with the client id that it sent. */
import { DeviceIndex } from '../../../model/devices/device-index.ts';
import {
  brokerRules,
  letIn,
  MALFORMED_USERNAME,
  UNKNOWN_DEVICE,
  WRONG_PASSWORD,
} from '../../broker-rules.ts';
import { yudaoPassword } from './hmac.ts';

export const YUDAO_STAND_IN = brokerRules((devices) => {
  const index = DeviceIndex.of(devices);
  return ({ mqttClientId, username, password }) => {
    const [deviceName, productKey, ...more] = username.split('&');
    if (!deviceName || !productKey || more.length > 0) return MALFORMED_USERNAME;
    const row = index.find(productKey, deviceName);
    if (row === -1) return UNKNOWN_DEVICE;
    const names = { productKey, deviceName, clientId: mqttClientId };
    return password.toLowerCase() === yudaoPassword(names, devices.loginColumn(row, 0))
      ? letIn(devices, row)
      : WRONG_PASSWORD;
  };
});
