/** What stands against settings of a client id, whether they come from a scenario or from flags. */
import type { Complain } from '../../../input/fields.ts';
import { suggestion } from '../../../input/nearest.ts';
import { hasOpenPlaceholder, placeholdersIn } from '../../../model/placeholders.ts';
import type { Timestamp } from '../../../model/scenario.ts';
import { type ClientIdSettings, pairNames } from './client-id-form.ts';
import { FREE_PART_PLACEHOLDERS } from './free-part.ts';
import { defaultsOf } from './sdks.ts';

/** Pairs that a login sets, or whose value is signed or secret; and why a param cannot be one. */
const NO_PARAMS: Readonly<Record<string, string>> = {
  timestamp: 'is signed: `timestamp` sets it',
  signmethod: '`signmethod` sets it',
  securemode: 'follows from the transport',
  clientId: 'is signed: the free part sets it',
  deviceName: 'is signed, and stands in the user name',
  productKey: 'is signed, and stands in the user name',
  deviceSecret: 'is a secret and is never sent',
  productSecret: 'is a secret and is never sent',
  authType: 'makes another way to sign in of it',
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
const BREAKS_PAIR = /[,\u0000-\u001f\u007f-\u009f]|^\s|\s$/;

/** Paths are from where the settings stand: ['params', 'ext']. */
export function checkClientId(
  settings: ClientIdSettings & { timestamp?: Timestamp | undefined },
  complain: Complain,
): void {
  const { sdk, clientId, params = {}, order = [] } = settings;
  if (clientId !== undefined) checkFreePart(clientId, complain);
  for (const [name, value] of Object.entries(params)) checkParam(name, value, complain);
  const timestamp = settings.timestamp ?? defaultsOf(sdk).timestamp;
  const possible = Object.entries(params).filter(([name]) => !Object.hasOwn(NO_PARAMS, name));
  const pairs = { sdk, params: Object.fromEntries(possible) };
  checkOrder(order, pairNames(pairs, timestamp !== 'omit'), complain);
}

function checkFreePart(template: string, complain: Complain): void {
  const path = ['clientId'];
  const known = FREE_PART_PLACEHOLDERS.map((name) => `\${${name}}`).join(' and ');
  if (hasOpenPlaceholder(template)) complain(path, 'has a ${ without its }');
  if (placeholdersIn(template).some((name) => !FREE_PART_PLACEHOLDERS.some((each) => each === name)))
    complain(path, 'has a placeholder that is not known here', `it may have ${known}`);
  const hint = 'give only the free part, before |securemode=…|; `params` has the pairs';
  if (template.includes('|')) complain(path, 'has a |', hint);
}

function checkParam(name: string, value: string, complain: Complain): void {
  const path = ['params', name];
  if (Object.hasOwn(NO_PARAMS, name)) complain(path, 'cannot be a param', `it ${NO_PARAMS[name]}`);
  else if (name === '' || /[=|]/.test(name) || BREAKS_PAIR.test(name))
    complain(['params'], 'has a name that no pair can have', 'one without | , = and white space around it');
  if (value === '') complain(path, 'is empty');
  else if (BREAKS_PAIR.test(value))
    complain(
      path,
      'cannot be in a client id',
      'no , which ends a pair, no control characters, no white space around it',
    );
}

function checkOrder(order: readonly string[], names: readonly string[], complain: Complain): void {
  for (const [at, name] of order.entries()) {
    const path = ['order', at];
    if (!names.includes(name)) complain(path, 'is no pair of the client id', suggestion(name, names));
    else if (order.indexOf(name) < at) complain(path, 'is there twice');
  }
}
