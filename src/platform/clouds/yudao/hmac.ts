/** As Aliyun signs, but for a content that has the secret in it, and a client id without parameters (yudao-module-iot, IotDeviceAuthUtils). */
import { createHmac } from 'node:crypto';
import type { Identity } from '../../../model/devices/device-table.ts';
import type { LoginMethod } from '../../login-method.ts';
import { DEVICE_SECRET } from '../names.ts';

export function yudaoPassword({ clientId, deviceName, productKey }: Identity, deviceSecret: string): string {
  const content = `clientId${clientId}deviceName${deviceName}deviceSecret${deviceSecret}productKey${productKey}`;
  return createHmac('sha256', deviceSecret).update(content).digest('hex');
}

export const yudaoHmac = {
  name: 'hmac',
  settings: async () => ({ shape: {} }),
  names: ['productKey', 'deviceName'],
  nameFrom: [],
  columns: [DEVICE_SECRET],
  word: () => 'hmacsha256',
  prepare: (_settings, devices) => (device, row) => ({
    mqttClientId: device.clientId,
    username: `${device.deviceName}&${device.productKey}`,
    password: yudaoPassword(device, devices.loginColumn(row, 0)),
  }),
} satisfies LoginMethod;
