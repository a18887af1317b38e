/**
 * Dynamic registration over MQTT, and the login with what it gives to a device without a listing [registration]: over TLS only, CONNACK 0
 * and one message with the secret, or 2 for a bad parameter or a plain port, and 4 for everything else that is wrong.
 */
import type { CheckVerdict, ConnectFields, RefusedConnect } from '../../check.ts';
import { parseClientId } from '../signing/client-id.ts';
import { REGISTRATIONS, type Registration, TOKEN_LOGIN } from '../signing/registration.ts';
import { parseUsername } from '../signing/username.ts';
import type { Registry } from './registry.ts';
import { signmethodOf } from './verify.ts';

/** The platform ends the connection itself after this long. */
const CLOSES_AFTER_SEC = 15;
/** What separates the fields of a sign-in, and what has a meaning in topics. */
const BREAKS_NAME = /[|/+#]/;

/** Undefined for a CONNECT that is neither: it is a direct login. */
export function judgeRegistration(connect: ConnectFields, registry: Registry): CheckVerdict | undefined {
  // A direct login names no authType, and is not to be parsed twice.
  if (!connect.mqttClientId.includes('authType=')) return undefined;
  const id = parseClientId(connect.mqttClientId);
  if (!id.ok) return undefined;
  const authType = id.params.get('authType');
  if (authType === TOKEN_LOGIN) return judgeToken(connect, id.clientId, registry);
  if (authType === undefined || !Object.hasOwn(REGISTRATIONS, authType)) return undefined;
  return judgeAsked(connect, id.params, authType as Registration, registry);
}

function judgeToken(connect: ConnectFields, clientId: string, registry: Registry): CheckVerdict {
  const user = userIn(connect.username);
  if (user === undefined) return refuse(4, 'malformed-username');
  const token = registry.tokenOf(user.productKey, user.deviceName, clientId);
  return token !== undefined && token === connect.password ? { ok: true, ...user } : refuse(4, 'wrong-token');
}

function judgeAsked(
  { tls, username, password }: ConnectFields,
  params: ReadonlyMap<string, string>,
  registration: Registration,
  registry: Registry,
): CheckVerdict {
  if (!tls) return refuse(2, 'registration-without-tls');
  const signmethod = signmethodOf(params.get('signmethod'));
  if (signmethod === undefined) return refuse(2, 'unknown-signmethod');
  const random = params.get('random');
  if (!random) return refuse(2, 'registration-without-random');
  const user = userIn(username);
  if (user === undefined) return refuse(4, 'malformed-username');
  const objection = registry.objectionTo({ ...user, random, signmethod, sign: password }, registration);
  if (objection !== undefined) return refuse(4, objection);
  const { topic } = REGISTRATIONS[registration];
  const handOut = () => {
    const { productKey, deviceName } = user;
    const granted =
      registration === 'register'
        ? { deviceSecret: registry.grantSecret(productKey, deviceName) }
        : registry.grantToken(productKey, deviceName);
    return { topic, payload: JSON.stringify({ ...user, ...granted }), closesAfterSec: CLOSES_AFTER_SEC };
  };
  return { ok: true, ...user, handOut };
}

function userIn(username: string): { productKey: string; deviceName: string } | undefined {
  return BREAKS_NAME.test(username) ? undefined : parseUsername(username);
}

function refuse(returnCode: 2 | 4, reason: string): RefusedConnect {
  return { ok: false, returnCode, reason };
}
