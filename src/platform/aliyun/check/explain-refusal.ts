/** Why a device was refused, told by who knows its secret; loaded when the first is. */
import type { Triple } from '../../../model/devices/device-table.ts';
import type { ConnectFields, ExplainedRefusal } from '../../check.ts';
import { securemodeOf } from '../endpoint.ts';
import { explainPassword, refusalSentence } from '../explain/explain.ts';
import { foreignFormOf } from '../explain/foreign-forms.ts';
import { parseClientId } from '../signing/client-id.ts';
import { parseUsername } from '../signing/username.ts';
import { signmethodOf } from './verify.ts';

/** Those of verify.ts: other ways to sign in have other mistakes. */
const IN_CLIENT_ID = new Set(['malformed-client-id', 'unknown-signmethod'] as const);
type InClientId = 'malformed-client-id' | 'unknown-signmethod';

/** The form of secrets, of digits of a password as well: not shown of whoever is not in the list. */
const MAY_BE_SECRET = /[0-9A-Za-z]{32}/;

/** No part of the answer holds a secret: a name that has one in it is left out. */
export function explainRefusal(
  connect: ConnectFields,
  reason: string,
  secretOf: (productKey: string, deviceName: string) => string | undefined,
): ExplainedRefusal {
  const { mqttClientId, username } = connect;
  const id = parseClientId(mqttClientId);
  const named = parseUsername(username);
  const deviceSecret = named && secretOf(named.productKey, named.deviceName);
  if (named && deviceSecret) {
    const device = username.includes(deviceSecret) ? '' : username;
    const clientId = id.ok ? id.clientId : `${named.productKey}.${named.deviceName}`;
    return {
      device,
      ...mistakeIn(mistakeOf({ ...named, deviceSecret, clientId }, connect, reason)),
    };
  }
  // What is no user name may be anything, the secret as well.
  const name = named ? username : id.ok ? id.clientId : '';
  const isSwapped = named !== undefined && secretOf(named.deviceName, named.productKey) !== undefined;
  const mistake = isSwapped
    ? 'ProductKey and DeviceName are exchanged.'
    : (foreignFormOf(connect)?.explanation ?? sentenceOf(reason, mqttClientId));
  return { device: MAY_BE_SECRET.test(name) ? '' : name, ...mistakeIn(mistake) };
}

function sentenceOf(reason: string, mqttClientId: string): string | undefined {
  if (IN_CLIENT_ID.has(reason as InClientId) || reason === 'malformed-username')
    return refusalSentence(reason as InClientId | 'malformed-username', mqttClientId);
  return reason === 'bad-token' ? TAKEN_FOR_TOKEN : undefined;
}

/** Of who signs in that way indeed it says what is wrong; who does not is told why that is looked for. */
const TAKEN_FOR_TOKEN =
  'It was taken for a login with iotId and iotToken (HTTPS first): a client id without |…|, or with securemode=-1, and a user name without &; nobody was given these.';

/** Of a device that is in the list. */
function mistakeOf(triple: Triple, { mqttClientId, username, password, tls }: ConnectFields, reason: string) {
  const id = parseClientId(mqttClientId);
  const params: ReadonlyMap<string, string> = id.ok ? id.params : new Map();
  if (reason !== 'wrong-password' && !IN_CLIENT_ID.has(reason as InClientId)) return undefined;
  if (params.has('authType')) return undefined;
  const settings = {
    signmethod: signmethodOf(params.get('signmethod')) ?? 'hmacsha1',
    securemode: securemodeOf(tls ? 'mqtts' : 'mqtt'),
    timestamp: params.get('timestamp'),
    sentClientId: mqttClientId,
    sentUsername: username,
  };
  const explanation = explainPassword(triple, settings, password);
  if (explanation.kind === 'right') return undefined;
  if (explanation.kind === 'unknown') return 'No mistake that is known made this password.';
  const { mistake, explanation: sentence } = explanation;
  return mistake === reason ? sentence : `${mistake}: ${sentence}`;
}

function mistakeIn(mistake: string | undefined): { mistake?: string } {
  return mistake === undefined ? {} : { mistake };
}
