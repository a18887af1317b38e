/** `POST /auth/register/device`: dynamic registration over HTTPS, of devices that the product lists [registration]. */
import type { Service, ServiceAnswer } from '../../check.ts';
import type { NotGranted, Registry } from './registry.ts';
import { signmethodOf } from './verify.ts';

const REQUIRED = ['productKey', 'deviceName', 'random', 'sign'] as const;

const PARAMETER_ERROR: ServiceAnswer = { code: 460, message: 'request parameter error' };
const WRONG_METHOD: ServiceAnswer = { code: 6292, message: 'unsupported sign method' };

/** The codes are the platform's, its words are not documented; nor is a code for a device that is not listed, here that of /auth/devicename. */
const REFUSAL: Readonly<Record<NotGranted, ServiceAnswer>> = {
  'unknown-product': { code: 6250, message: 'product not found' },
  'registration-off': { code: 6288, message: 'dynamic registration is not enabled for the product' },
  'wrong-sign': { code: 6600, message: 'sign error' },
  'unlisted-device': { code: 5001, message: 'meta device not found' },
  'already-activated': { code: 6289, message: 'device is already activated' },
  // Of the way without a listing, which there is over MQTT only.
  'too-many-client-ids': { code: 500, message: 'unknown error' },
};

export function registrationService(registry: Registry): Service {
  return {
    kind: 'register',
    answer({ form }) {
      const [productKey, deviceName, random, sign] = REQUIRED.map((name) => form?.get(name));
      if (!productKey || !deviceName || !random || !sign) return PARAMETER_ERROR;
      const signmethod = signmethodOf(form?.get('signMethod'));
      if (signmethod === undefined) return WRONG_METHOD;
      const objection = registry.objectionTo(
        { productKey, deviceName, random, signmethod, sign },
        'register',
      );
      if (objection !== undefined) return REFUSAL[objection];
      const deviceSecret = registry.grantSecret(productKey, deviceName);
      return { code: 200, message: 'success', data: { productKey, deviceName, deviceSecret } };
    },
  };
}
