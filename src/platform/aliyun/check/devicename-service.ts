/** `POST /auth/devicename`: a device signs a form in place of a CONNECT, and is given what it connects with [guide]. */
import type { Service, ServiceAnswer } from '../../check.ts';
import { ALIYUN_LIMITS } from '../limits.ts';
import { hmacHex } from '../signing/credentials.ts';
import type { Tokens } from './tokens.ts';
import { signmethodOf } from './verify.ts';

/** All others that are submitted are signed, as `name` and `value`, in the order of their names. */
const UNSIGNED = new Set(['version', 'sign', 'resources', 'signmethod']);
const REQUIRED = ['productKey', 'deviceName', 'clientId', 'sign'] as const;

/** In the platform's own words. */
const PARAMETER_ERROR: ServiceAnswer = { code: 460, message: 'request parameter error' };
const NO_DEVICE: ServiceAnswer = { code: 5001, message: 'meta device not found' };
const WRONG_SIGN: ServiceAnswer = { code: 401, message: 'request auth error' };

/** `secretOf` is as of `verifyConnect`. */
export function devicenameService(
  secretOf: (productKey: string, deviceName: string) => string | undefined,
  tokens: Tokens,
): Service {
  return {
    kind: 'auth',
    answer({ form, mqtt }) {
      const signmethod = signmethodOf(form?.get('signmethod'));
      if (form === undefined || signmethod === undefined) return PARAMETER_ERROR;
      const [productKey, deviceName, clientId, sign] = REQUIRED.map((name) => form.get(name));
      if (!productKey || !deviceName || !clientId || !sign) return PARAMETER_ERROR;
      if ([...clientId].length > ALIYUN_LIMITS.clientIdCharacters) return PARAMETER_ERROR;
      const deviceSecret = secretOf(productKey, deviceName);
      if (deviceSecret === undefined) return NO_DEVICE;
      if (sign.toLowerCase() !== hmacHex(signmethod, deviceSecret, contentOfForm(form))) return WRONG_SIGN;
      const resources = form.get('resources') === 'mqtt' ? { resources: { mqtt } } : {};
      const data = { ...tokens.grant(productKey, deviceName), ...resources };
      return { code: 200, message: 'success', data };
    },
  };
}

function contentOfForm(form: ReadonlyMap<string, string>): string {
  const names = [...form.keys()].filter((name) => !UNSIGNED.has(name)).sort();
  return names.map((name) => name + form.get(name)).join('');
}
