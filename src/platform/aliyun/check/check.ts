/** What the stand-in lets in: the devices of a list, by any way of signing in that the platform has. One file each. */
import type { Auth } from '../../../model/scenario.ts';
import type { StandInRules } from '../../check.ts';
import { readyMade } from '../login/ready-made.ts';
import { token } from '../login/token.ts';
import { aliyunX509 } from '../login/x509.ts';
import { DEVICENAME_PATH, REGISTER_PATH } from '../service-path.ts';
import { pskOf, readPskIdentity } from '../signing/psk.ts';
import { AUTOMATIC } from './automatic-topics.ts';
import { certificateCheck } from './certificate-login.ts';
import { devicenameService } from './devicename-service.ts';
import { isHeardTopic, isOwnTopic } from './own-topics.ts';
import { readyMadeCheck } from './ready-made.ts';
import { judgeRegistration } from './registration.ts';
import { registrationService } from './registration-service.ts';
import { Registry } from './registry.ts';
import { isTokenLogin, verifyToken } from './token-login.ts';
import { Tokens } from './tokens.ts';
import { verifyConnect } from './verify.ts';

function isX509(auth: Auth | undefined): boolean {
  return auth?.method === aliyunX509.name;
}

export const STAND_IN: StandInRules = {
  prepare(devices, auth, products = new Map()) {
    if (isX509(auth)) return { judge: certificateCheck(devices) };
    if (auth?.method === readyMade.name) return { judge: readyMadeCheck(devices) };
    const registry = new Registry(devices, products, auth?.method === token.name);
    const secretOf = registry.secretOf.bind(registry);
    const tokens = new Tokens();
    return {
      judge(connect) {
        const asked = judgeRegistration(connect, registry);
        if (asked !== undefined) return asked;
        const verdict = isTokenLogin(connect)
          ? verifyToken(connect, tokens)
          : verifyConnect(connect, secretOf);
        if (!verdict.ok || !products.has(verdict.productKey)) return verdict;
        const { productKey, deviceName } = verdict;
        return { ...verdict, onEntry: () => registry.activate(productKey, deviceName) };
      },
      explain: async (connect, reason) => {
        const { explainRefusal } = await import('./explain-refusal.ts');
        return explainRefusal(connect, reason, secretOf);
      },
      pskOf(identity) {
        const named = readPskIdentity(identity);
        const secret = named && secretOf(named.productKey, named.deviceName);
        if (named === undefined || secret === undefined) return undefined;
        return pskOf(named.productKey, named.deviceName, secret, named.timestamp).key;
      },
      services: {
        [DEVICENAME_PATH]: devicenameService(secretOf, tokens),
        [REGISTER_PATH]: registrationService(registry),
      },
    };
  },
  asksForCertificate: isX509,
  // Code 3 is what was seen in the wild for a keepalive of 15 s (knolleary/pubsubclient#244); the documentation names no code.
  keepaliveReturnCode: 3,
  isOwnTopic,
  isHeardTopic,
  automatic: AUTOMATIC,
  answersAlink: true,
};
