/** What the stand-in lets in: the devices of a list, who signed as the platform has it. */
import { DeviceIndex } from '../../../model/devices/device-index.ts';
import type { StandInRules } from '../../check.ts';
import { readyMade } from '../login/ready-made.ts';
import { isOwnTopic } from './own-topics.ts';
import { readyMadeCheck } from './ready-made.ts';
import { verifyConnect } from './verify.ts';

export const STAND_IN: StandInRules = {
  prepare(devices, auth) {
    if (auth?.method === readyMade.name) return readyMadeCheck(devices);
    const index = DeviceIndex.of(devices);
    const secretOf = (productKey: string, deviceName: string): string | undefined => {
      const row = index.find(productKey, deviceName);
      return row === -1 ? undefined : devices.triple(row).deviceSecret;
    };
    return (connect) => verifyConnect(connect, secretOf);
  },
  // Code 3 is what was seen in the wild for a keepalive of 15 s (knolleary/pubsubclient#244); the documentation names no code.
  keepaliveReturnCode: 3,
  isOwnTopic,
};
