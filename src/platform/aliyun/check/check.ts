/** What the stand-in lets in: the devices of a list, by any way of signing in that the platform has. One file each. */
import { DeviceIndex } from '../../../model/devices/device-index.ts';
import type { StandInRules } from '../../check.ts';
import { DEVICENAME_PATH, devicenameService } from './devicename-service.ts';
import { isOwnTopic } from './own-topics.ts';
import { isTokenLogin, verifyToken } from './token-login.ts';
import { Tokens } from './tokens.ts';
import { verifyConnect } from './verify.ts';

export const STAND_IN: StandInRules = {
  prepare(devices) {
    const index = DeviceIndex.of(devices);
    const secretOf = (productKey: string, deviceName: string): string | undefined => {
      const row = index.find(productKey, deviceName);
      return row === -1 ? undefined : devices.triple(row).deviceSecret;
    };
    const tokens = new Tokens();
    return {
      judge: (connect) =>
        isTokenLogin(connect) ? verifyToken(connect, tokens) : verifyConnect(connect, secretOf),
      services: { [DEVICENAME_PATH]: devicenameService(secretOf, tokens) },
    };
  },
  // Code 3 is what was seen in the wild for a keepalive of 15 s (knolleary/pubsubclient#244); the documentation names no code.
  keepaliveReturnCode: 3,
  isOwnTopic,
  answersAlink: true,
};
