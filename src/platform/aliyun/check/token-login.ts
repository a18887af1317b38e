/** The login of a device that has been given a token over HTTPS: iotId and iotToken are its user name and password [guide]. */
import type { CheckVerdict, ConnectFields } from '../../check.ts';
import { parseClientId } from '../signing/client-id.ts';
import type { Tokens } from './tokens.ts';

/** What the client id says after HTTPS, where it says anything [sdk]. */
const SECUREMODE = '-1';

/** A client id without the |…| part is one of these, unless the user name is that of a direct login: an iotId has no `&`. */
export function isTokenLogin({ mqttClientId, username }: ConnectFields): boolean {
  if (!mqttClientId.includes('|')) return !username.includes('&');
  if (!mqttClientId.includes(`securemode=${SECUREMODE}`)) return false;
  const id = parseClientId(mqttClientId);
  return id.ok && id.params.get('securemode') === SECUREMODE;
}

/** CONNACK 3, and not 4, is what the platform says of a wrong iotId or iotToken [guide]. */
export function verifyToken({ username, password }: ConnectFields, tokens: Tokens): CheckVerdict {
  return tokens.holderOf(username, password) ?? { ok: false, returnCode: 3, reason: 'bad-token' };
}
