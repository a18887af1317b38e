/** The MQTT client id of a direct login, `<clientId>|k=v,k=v|`: who the device is, and how it signed. */
import { ALIYUN_LIMITS } from '../limits.ts';

export type ParsedClientId =
  | { ok: true; clientId: string; params: ReadonlyMap<string, string> }
  | { ok: false; problem: string };

/** Of the free part [connect]; the whole client id may be longer. */
const MAX_CLIENT_ID_CHARACTERS = ALIYUN_LIMITS.clientIdCharacters;

/** The order of the pairs is free, as SDKs differ in it. The closing `|` is required and the pairs hold no spaces. */
export function parseClientId(mqttClientId: string): ParsedClientId {
  const [clientId = '', extension, afterClosing, ...more] = mqttClientId.split('|');
  if (extension === undefined) return malformed('it has no |k=v,...| part');
  if (afterClosing === undefined) return malformed('the closing | is missing');
  if (afterClosing !== '' || more.length > 0) return malformed('something follows the closing |');
  // By code points: a character outside the basic plane is one character to whoever wrote it.
  const characters = [...clientId].length;
  if (characters === 0) return malformed('the part before the first | is empty');
  if (characters > MAX_CLIENT_ID_CHARACTERS) {
    return malformed(
      `the part before the first | has ${characters} of ${MAX_CLIENT_ID_CHARACTERS} characters`,
    );
  }
  if (/\s/.test(extension)) return malformed('there is a space between the two |');

  const params = new Map<string, string>();
  // The C Link SDK 4 ends the list with a comma, `...,ext=3,|`, when it has nothing to append (core_auth.c) [sdk]: one is tolerated.
  const pairs = extension.endsWith(',') ? extension.slice(0, -1) : extension;
  for (const pair of pairs.split(',')) {
    const equals = pair.indexOf('=');
    if (equals < 1 || equals === pair.length - 1) return malformed(`"${pair}" is not of the form key=value`);
    const key = pair.slice(0, equals);
    if (params.has(key)) return malformed(`${key} is given twice`);
    params.set(key, pair.slice(equals + 1));
  }
  return { ok: true, clientId, params };
}

function malformed(problem: string): ParsedClientId {
  return { ok: false, problem };
}
