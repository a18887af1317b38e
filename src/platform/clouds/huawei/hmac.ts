/**
 * The key of the HMAC is the hour in UTC and the message is the secret (https://support.huaweicloud.com/api-iothub/iot_06_v5_3009.html), so
 * that a password is that of an hour: each attempt signs with the hour in which it is made.
 */
import { createHmac } from 'node:crypto';
import type { Auth } from '../../../model/scenario.ts';
import type { LoginMethod } from '../../login-method.ts';
import { DEVICE_SECRET } from '../names.ts';

export interface HuaweiSettings extends Auth {
  checkTimestamp: boolean;
}

/** YYYYMMDDHH in UTC. */
export function hourOf(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 13).replace(/[-T]/g, '');
}

export function huaweiPassword(hour: string, deviceSecret: string | Buffer): string {
  return createHmac('sha256', hour).update(deviceSecret).digest('hex');
}

export const huaweiHmac = {
  name: 'hmac',
  settings: () => import('./hmac-settings.ts'),
  names: ['deviceName'],
  nameFrom: ['clientId'],
  columns: [{ ...DEVICE_SECRET, otherNames: [...DEVICE_SECRET.otherNames, 'password'] }],
  word: () => 'hmacsha256',
  prepare:
    ({ checkTimestamp }, devices) =>
    ({ deviceName }, row, _endpoint, epochMs) => {
      const hour = hourOf(epochMs);
      return {
        mqttClientId: `${deviceName}_0_${checkTimestamp ? 1 : 0}_${hour}`,
        username: deviceName,
        password: huaweiPassword(hour, devices.secret(row)),
      };
    },
} satisfies LoginMethod<HuaweiSettings>;
