/** Whom the stand-in lets in as Baidu would. How old a time may be is not documented: it is a part of what is signed, and no more. */
import { DeviceIndex } from '../../../model/devices/device-index.ts';
import {
  brokerRules,
  letIn,
  MALFORMED_USERNAME,
  UNKNOWN_DEVICE,
  WRONG_PASSWORD,
} from '../../broker-rules.ts';
import { type BaiduMethod, baiduPassword } from './password.ts';

/** `thingidp@<IoTCoreId>|<DeviceKey>[|<timestamp>]|<method>` */
const USERNAME = /^thingidp@([^|]+)\|([^|]+)(?:\|(\d+))?\|(MD5|SHA256)$/;

export const BAIDU_STAND_IN = brokerRules((devices) => {
  const index = DeviceIndex.of(devices);
  return ({ username, password }) => {
    const [, coreId, deviceKey, timestamp = '0', method] = USERNAME.exec(username) ?? [];
    if (coreId === undefined || deviceKey === undefined) return MALFORMED_USERNAME;
    const row = index.find(coreId, deviceKey);
    if (row === -1) return UNKNOWN_DEVICE;
    const right = baiduPassword(deviceKey, timestamp, method as BaiduMethod, devices.loginColumn(row, 0));
    return password.toLowerCase() === right ? letIn(devices, row) : WRONG_PASSWORD;
  };
});
