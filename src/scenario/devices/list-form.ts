/** What a device list must and may have, by the platform and the way its devices sign in. */
import { aliyun } from '../../platform/aliyun/aliyun.ts';
import { hmac } from '../../platform/aliyun/login/hmac.ts';
import type { LoginMethod, Platform } from '../../platform/platform.ts';

/** The names in every list, and what other lists call them: the console's own exports, and people's scripts. */
const OTHER_NAMES_OF = {
  productKey: ['产品key', '产品密钥', '产品', '产品标识', 'product', 'key'],
  deviceName: ['设备名称', '设备名', '设备', 'device', 'name', 'dn'],
  clientId: [],
} as const;

export interface ListForm {
  platform: Platform;
  /** Names of the columns, in the order in which a message lists them. */
  fields: readonly string[];
  required: readonly string[];
  /** Names in small letters, without blanks, `_` and `-`, of lists of other people. */
  otherNames: ReadonlyMap<string, string>;
  /** The columns of the login, in the order of the table. */
  login: readonly string[];
  /** Values of columns that the scenario gives to every device. */
  given: Readonly<Record<string, string>>;
  /** The columns that stand in for a deviceName. */
  nameFrom: readonly string[];
  method: LoginMethod;
}

export function listFormOf(
  platform: Platform,
  method: LoginMethod,
  given: Readonly<Record<string, string>> = {},
): ListForm {
  const { columns, names, nameFrom } = method;
  const login = columns.map(({ name }) => name);
  const isNeeded = ({ name, isOptional }: LoginMethod['columns'][number]): boolean =>
    given[name] === undefined && !isOptional;
  const required = [...names, ...columns.filter(isNeeded).map(({ name }) => name)];
  const optional = Object.keys(OTHER_NAMES_OF).filter((name) => !required.includes(name));
  const otherNames = new Map<string, string>();
  for (const [field, others] of Object.entries(OTHER_NAMES_OF))
    for (const other of others) otherNames.set(other, field);
  for (const { name, otherNames: others } of columns) for (const other of others) otherNames.set(other, name);
  const fields = [...names, ...login, ...optional];
  return { platform, method, fields, required, otherNames, login, given, nameFrom };
}

/** The form of lists that are about Aliyun whatever a scenario says: the stand-in's. */
export const TRIPLES = listFormOf(aliyun, hmac);

/** The columns as the first line of a list would name them: `productKey,deviceName,deviceSecret[,clientId]`. */
export function headerOf({ fields, required }: ListForm): string {
  const optional = fields.filter((name) => !required.includes(name)).map((name) => `[,${name}]`);
  return required.join(',') + optional.join('');
}
