/** The MQTT client id of a direct login, `<clientId>|k=v,k=v|`: who the device is, and how it signed. */
import { ALIYUN_LIMITS } from '../limits.ts';

export type ParsedClientId =
  | { ok: true; clientId: string; params: ReadonlyMap<string, string> }
  | { ok: false; problem: string };

/** Of the free part [connect]; the whole client id may be longer. */
const MAX_CLIENT_ID_CHARACTERS = ALIYUN_LIMITS.clientIdCharacters;

/**
 * As the platform reads it, which is more than its pages have: SDKs differ in the order of the pairs, break lines between them, end the list
 * with a comma and have a `|` in a value (`lan=JS|WX`); one that signs in with MQTT 5 leaves the free part empty [sdk, js]. What is
 * between the first `|` and the last is the extension, and a pair that is not known or has no value is no reason to refuse. Of a key that
 * is given twice the last one counts, which is an inference.
 */
export function parseClientId(mqttClientId: string): ParsedClientId {
  const opening = mqttClientId.indexOf('|');
  const closing = mqttClientId.lastIndexOf('|');
  if (opening === -1) return malformed('it has no |k=v,...| part');
  if (closing === opening || closing !== mqttClientId.length - 1)
    return malformed('it does not end with the closing |');
  const clientId = mqttClientId.slice(0, opening);
  // By code points: a character outside the basic plane is one character to whoever wrote it.
  const characters = [...clientId].length;
  if (characters > MAX_CLIENT_ID_CHARACTERS) {
    return malformed(
      `the part before the first | has ${characters} of ${MAX_CLIENT_ID_CHARACTERS} characters`,
    );
  }
  return { ok: true, clientId, params: paramsIn(mqttClientId.slice(opening + 1, closing)) };
}

function paramsIn(extension: string): Map<string, string> {
  const params = new Map<string, string>();
  for (const pair of extension.split(',')) {
    const equals = pair.indexOf('=');
    const key = (equals === -1 ? pair : pair.slice(0, equals)).trim();
    if (key !== '') params.set(key, equals === -1 ? '' : pair.slice(equals + 1).trim());
  }
  return params;
}

function malformed(problem: string): ParsedClientId {
  return { ok: false, problem };
}
