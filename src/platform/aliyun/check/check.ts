/** What the stand-in lets in: the devices of a list, who signed as the platform has it. */
import type { StandInRules } from '../../check.ts';
import { token } from '../login/token.ts';
import { isOwnTopic } from './own-topics.ts';
import { judgeRegistration } from './registration.ts';
import { Registry } from './registry.ts';
import { verifyConnect } from './verify.ts';

export const STAND_IN: StandInRules = {
  prepare(devices, auth, products = new Map()) {
    const registry = new Registry(devices, products, auth?.method === token.name);
    const secretOf = registry.secretOf.bind(registry);
    return (connect) => {
      const registration = judgeRegistration(connect, registry);
      if (registration !== undefined) return registration;
      const verdict = verifyConnect(connect, secretOf);
      if (!verdict.ok || !products.has(verdict.productKey)) return verdict;
      const { productKey, deviceName } = verdict;
      return { ...verdict, onEntry: () => registry.activate(productKey, deviceName) };
    };
  },
  // Code 3 is what was seen in the wild for a keepalive of 15 s (knolleary/pubsubclient#244); the documentation names no code.
  keepaliveReturnCode: 3,
  isOwnTopic,
};
