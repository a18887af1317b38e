/**
 * The loading of a module of the user's, and the reading of what it returns. Of what it throws nothing is said but its kind: the words may
 * hold anything, a secret too.
 */
import { pathToFileURL } from 'node:url';
import { type Credentials, LoginError } from '../login.ts';

export type Sign = (device: Readonly<Record<string, string>>, now: number) => unknown;

/** Why a module cannot be used, as a predicate. */
export interface ModuleTrouble {
  wrong: string;
  hint?: string;
}

/** For an `await` at its top that waits for ever. */
const LOAD_TIMEOUT_MS = 10_000;

/** `file` is absolute. */
export async function loadSign(file: string): Promise<{ sign: Sign } | ModuleTrouble> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<ModuleTrouble>((resolve) => {
    const wrong = `is not loaded within ${LOAD_TIMEOUT_MS / 1000} s`;
    timer = setTimeout(resolve, LOAD_TIMEOUT_MS, { wrong, hint: 'what does it wait for at its top?' });
  });
  try {
    return await Promise.race([loaded(file), late]);
  } finally {
    clearTimeout(timer);
  }
}

async function loaded(file: string): Promise<{ sign: Sign } | ModuleTrouble> {
  try {
    const exported = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
    const sign = [exported.default, exported.sign].find((each) => typeof each === 'function');
    if (sign !== undefined) return { sign: sign as Sign };
    const hint =
      'write: export default function sign(device, now) { return { clientId, username, password } }';
    return { wrong: 'exports no function as default or sign', hint };
  } catch (error) {
    return troubleOfLoading(error);
  }
}

function troubleOfLoading(error: unknown): ModuleTrouble {
  const name = nameOfError(error);
  if (name === 'SyntaxError') return { wrong: 'has a syntax error', hint: 'node --check says where' };
  if (name === 'ERR_MODULE_NOT_FOUND') return { wrong: 'imports something that is not there' };
  if (name === 'ERR_UNKNOWN_FILE_EXTENSION')
    return { wrong: 'is no JavaScript by its name', hint: 'name it .mjs, .js or .cjs' };
  return { wrong: `throws when it is loaded: ${name}` };
}

const NAME = /^[A-Z]\w{0,40}(?:Error|Exception)$/;
const CODE = /^E[A-Z0-9_]{2,40}$/;

/** The code that the system or Node gave it, or its class; `Error` for whatever else was thrown. */
export function nameOfError(error: unknown): string {
  if (!(error instanceof Error)) return 'Error';
  const { code } = error as { code?: unknown };
  if (typeof code === 'string' && CODE.test(code)) return code;
  return NAME.test(error.name) ? error.name : 'Error';
}

/** A string of MQTT has two bytes for its length. */
const MOST_BYTES = 65_535;

/** What a module returned, as what CONNECT carries. Throws a LoginError for anything else. */
export function credentialsFrom(made: unknown): Credentials {
  if (typeof made !== 'object' || made === null) throw failed('no { clientId, username, password }');
  const { clientId, username, password } = made as Record<string, unknown>;
  if (typeof clientId !== 'string') throw failed('no clientId');
  for (const [name, value] of Object.entries({ clientId, username, password })) {
    if (value === undefined) continue;
    if (typeof value !== 'string') throw failed(`${name} is no text`);
    if (Buffer.byteLength(value) > MOST_BYTES) throw failed(`${name} is too long`);
  }
  // MQTT 3.1.1 has no password without a user name [MQTT-3.1.2-22].
  if (password !== undefined && username === undefined) throw failed('no username');
  return {
    mqttClientId: clientId,
    username: username as string | undefined,
    password: password as string | undefined,
  };
}

/** `code` is one of few texts. */
export function failed(code: string): LoginError {
  return new LoginError({ phase: 'sign', kind: 'module', code });
}
