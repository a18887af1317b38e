/** Whom the stand-in lets in as Huawei Cloud would. */

import {
  brokerRules,
  letIn,
  MALFORMED_CLIENT_ID,
  MALFORMED_USERNAME,
  rowByDeviceName,
  UNKNOWN_DEVICE,
  WRONG_PASSWORD,
} from '../../broker-rules.ts';
import type { RefusedConnect } from '../../check.ts';
import { hourOf, huaweiPassword } from './hmac.ts';

/** `<deviceId>_0_<0|1>_<YYYYMMDDHH>`: 0 is a device (of its kinds of id there is one), then whether the hour is checked. */
const CLIENT_ID = /^(.+)_0_([01])_(\d{10})$/;
const HOUR_MS = 3_600_000;
const WRONG_HOUR: RefusedConnect = { ok: false, returnCode: 4, reason: 'wrong-hour' };

export const HUAWEI_STAND_IN = brokerRules((devices) => {
  const rowOf = rowByDeviceName(devices);
  return ({ mqttClientId, username, password }) => {
    const [, deviceId, checked, hour = ''] = CLIENT_ID.exec(mqttClientId) ?? [];
    if (deviceId === undefined) return MALFORMED_CLIENT_ID;
    if (username !== deviceId) return MALFORMED_USERNAME;
    const row = rowOf(deviceId);
    if (row === -1) return UNKNOWN_DEVICE;
    if (password.toLowerCase() !== huaweiPassword(hour, devices.secret(row))) return WRONG_PASSWORD;
    return checked === '1' && !isAbout(hour, Date.now()) ? WRONG_HOUR : letIn(devices, row);
  };
});

/** The hour of now or one beside it: clocks differ, and a CONNECT may be under way while the hour ends. */
function isAbout(hour: string, epochMs: number): boolean {
  return [-HOUR_MS, 0, HOUR_MS].some((off) => hourOf(epochMs + off) === hour);
}
