/** What client ids look like beyond what every login has: pairs more, their order, the free part. Made ready once for all devices. */
import type { Identity } from '../../../model/devices/device-table.ts';
import type { Signmethod } from '../../../model/scenario.ts';
import type { Securemode } from '../endpoint.ts';
import { contentOf, hmacHex, type SignedCredentials } from './credentials.ts';
import { freePartFrom } from './free-part.ts';
import { defaultsOf, type SdkName } from './sdks.ts';

/** As a scenario has it. What is given takes the place of what the SDK does. */
export interface ClientIdSettings {
  sdk?: SdkName | undefined;
  /** Template of the free part of devices whose list gives none; '' for an empty one. */
  clientId?: string | undefined;
  /** Pairs beside those of the login; they are not signed. */
  params?: Readonly<Record<string, string>> | undefined;
  /** The names of pairs in their order; those that it does not name come after, as they would without it. */
  order?: readonly string[] | undefined;
  /** Of the digits of the password. */
  hex?: 'lower' | 'upper' | undefined;
}

/** A client id without its free part, cut where the timestamp goes; `tail` is empty where it carries none. */
interface Extension {
  head: string;
  tail: string;
}

export interface ClientIdForm {
  signmethod: Signmethod;
  /** Undefined where a device keeps its client id. */
  freePart: ((device: Identity) => string) | undefined;
  extensions: Readonly<Record<Securemode, Extension>>;
  isUpperCase: boolean;
}

/** Whether client ids are as every login has them: then there is a shorter way. */
export function isUsualForm({ sdk, clientId, params, order, hex }: ClientIdSettings): boolean {
  return [sdk, clientId, params, order, hex].every((setting) => setting === undefined);
}

/** What the free part of a device is made of whose list gives none; undefined where the scenario says nothing of it. */
export function freePartTemplate({ sdk, clientId }: ClientIdSettings): string | undefined {
  return clientId ?? defaultsOf(sdk).clientId;
}

/** The names of all pairs in the order in which a client id has them. */
export function pairNames(
  { sdk, params = {}, order = [] }: ClientIdSettings,
  hasTimestamp: boolean,
): string[] {
  const usual = [...defaultsOf(sdk).order, ...Object.keys(params)];
  const names = hasTimestamp ? usual : usual.filter((name) => name !== 'timestamp');
  const first = order.filter((name) => names.includes(name));
  return [...new Set([...first, ...names])];
}

export function clientIdForm(
  settings: ClientIdSettings,
  signmethod: Signmethod,
  hasTimestamp: boolean,
): ClientIdForm {
  const usual = defaultsOf(settings.sdk);
  const template = freePartTemplate(settings);
  return {
    signmethod,
    freePart: template === undefined ? undefined : freePartFrom(template),
    extensions: {
      2: extensionOf(settings, signmethod, 2, hasTimestamp),
      3: extensionOf(settings, signmethod, 3, hasTimestamp),
    },
    isUpperCase: (settings.hex ?? usual.hex) === 'upper',
  };
}

function extensionOf(
  settings: ClientIdSettings,
  signmethod: Signmethod,
  securemode: Securemode,
  hasTimestamp: boolean,
): Extension {
  const usual = defaultsOf(settings.sdk);
  const names = pairNames(settings, hasTimestamp);
  const values: Record<string, string> = {
    ...usual.params,
    ...settings.params,
    securemode: String(usual.securemode ?? securemode),
    signmethod,
  };
  const isAsUsual = names.at(-1) === usual.order.at(-1);
  const end = usual.endsWithComma && isAsUsual ? ',|' : '|';
  const at = names.indexOf('timestamp');
  const separator = usual.separator ?? ',';
  const text = (pairs: string[]): string => pairs.map((name) => `${name}=${values[name]}`).join(separator);
  if (at === -1) return { head: `|${text(names)}${end}`, tail: '' };
  const [before, after] = [names.slice(0, at), names.slice(at + 1)];
  return {
    head: `|${text(before)}${before.length > 0 ? separator : ''}timestamp=`,
    tail: `${after.length > 0 ? separator : ''}${text(after)}${end}`,
  };
}

/** `clientId` is the free part; `timestamp` is its text, or undefined where the form has none. */
export function formedCredentials(
  { signmethod, extensions, isUpperCase }: ClientIdForm,
  { productKey, deviceName }: Identity,
  clientId: string,
  deviceSecret: string | Buffer,
  securemode: Securemode,
  timestamp: string | undefined,
): SignedCredentials {
  const { head, tail } = extensions[securemode];
  const content = contentOf({ productKey, deviceName, clientId }, timestamp);
  const password = hmacHex(signmethod, deviceSecret, content);
  return {
    mqttClientId: `${clientId}${head}${timestamp ?? ''}${tail}`,
    username: `${deviceName}&${productKey}`,
    password: isUpperCase ? password.toUpperCase() : password,
  };
}
