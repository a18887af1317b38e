/**
 * What the platform does with a CONNECT: accepts it, or answers with a CONNACK return code of MQTT 3.1.1, section 3.2.2.3. The codes are
 * Aliyun's own reading of them [codes]: 2 client id malformed or its extension part bad; 4 user name or password wrong;
 * 5 device not authorised.
 */
import { SIGNMETHODS, type Signmethod } from '../../../model/scenario.ts';
import type { ConnectFields, RefusedConnect } from '../../check.ts';
import { securemodeOf } from '../endpoint.ts';
import { parseClientId } from '../signing/client-id.ts';
import { contentOf, hmacHex } from '../signing/credentials.ts';
import { parseUsername } from '../signing/username.ts';

export type RefusalReason =
  | 'malformed-client-id'
  | 'unknown-signmethod'
  | 'malformed-username'
  | 'unknown-device'
  | 'wrong-password';

interface Refused<Reason extends string = RefusalReason> extends RefusedConnect {
  returnCode: 2 | 4 | 5;
  reason: Reason;
}

export type Verdict =
  | {
      ok: true;
      productKey: string;
      deviceName: string;
      clientId: string;
      signmethod: Signmethod;
      timestamp?: string;
      overlooked?: Refused<'securemode-mismatch'>;
    }
  | Refused;

/** What a client id that announces no signmethod means [connect]. */
const DEFAULT_SIGNMETHOD: Signmethod = 'hmacmd5';

/** `secretOf` gives the DeviceSecret, or undefined for a device that does not exist. Checks in the order client id, user name, password. */
export function verifyConnect(
  connect: ConnectFields,
  secretOf: (productKey: string, deviceName: string) => string | undefined,
): Verdict {
  const id = parseClientId(connect.mqttClientId);
  if (!id.ok) return refuse(2, 'malformed-client-id');
  const signmethod = signmethodOf(id.params.get('signmethod'));
  if (signmethod === undefined) return refuse(2, 'unknown-signmethod');

  const user = parseUsername(connect.username);
  if (user === undefined) return refuse(4, 'malformed-username');
  const deviceSecret = secretOf(user.productKey, user.deviceName);
  if (deviceSecret === undefined) return refuse(5, 'unknown-device');

  // What the client id submits is what must have been signed: a timestamp in only one of the two places gives another digest.
  const timestamp = id.params.get('timestamp');
  const content = contentOf({ ...user, clientId: id.clientId }, timestamp);
  // The platform ignores the case of the hex digits [connect].
  if (connect.password.toLowerCase() !== hmacHex(signmethod, deviceSecret, content)) {
    return refuse(4, 'wrong-password');
  }
  return {
    ok: true,
    ...user,
    clientId: id.clientId,
    signmethod,
    ...(timestamp === undefined ? {} : { timestamp }),
    ...(isSecuremodeOf(connect.tls, id.params) ? {} : { overlooked: refuse(2, 'securemode-mismatch') }),
  };
}

/**
 * The pages tie securemode 2 to TLS and 3 to plain TCP [connect], but the console's own parameters say 2 beside port 1883 [console] and are
 * in wide use so: the platform does not hold the one against the other. Code 2, for who does, is that of a bad extension part.
 */
function isSecuremodeOf(tls: boolean, params: ReadonlyMap<string, string>): boolean {
  return params.get('securemode') === String(securemodeOf(tls ? 'mqtts' : 'mqtt'));
}

/** Undefined for a method the platform does not offer. */
export function signmethodOf(announced: string | undefined): Signmethod | undefined {
  if (announced === undefined) return DEFAULT_SIGNMETHOD;
  return SIGNMETHODS.find((known) => known === announced);
}

function refuse<const Reason extends string>(
  returnCode: Refused['returnCode'],
  reason: Reason,
): Refused<Reason> {
  return { ok: false, returnCode, reason };
}
