/** What a device list must and may have, by the platform and the way its devices sign in. */
import { resolve } from 'node:path';
import { fillPlaceholders } from '../../model/placeholders.ts';
import { aliyun } from '../../platform/aliyun/aliyun.ts';
import { hmac } from '../../platform/aliyun/login/hmac.ts';
import {
  ADDRESS_COLUMNS,
  type DeviceName,
  type LoginColumn,
  type LoginMethod,
} from '../../platform/login-method.ts';
import type { Platform } from '../../platform/platform.ts';

/** The names in every list: `aliases` are as good as the name, the first first; `otherNames` may mean something else, and are asked about. */
const NAMES = [
  {
    name: 'productKey',
    aliases: ['产品key', '产品密钥'],
    otherNames: ['产品', '产品标识', 'product', 'key'],
  },
  { name: 'deviceName', aliases: ['设备名称', '设备名'], otherNames: ['设备', 'device', 'name', 'dn'] },
  { name: 'clientId', otherNames: [] },
] satisfies Pick<LoginColumn, 'name' | 'aliases' | 'otherNames'>[];

export interface ListForm {
  platform: Platform;
  /** Names of the columns, in the order in which a message lists them. */
  fields: readonly string[];
  required: readonly string[];
  /** Names in small letters, without blanks, `_` and `-`, of lists of other people, that mean the field and nothing else. */
  aliases: ReadonlyMap<string, string>;
  /** The same of names that may mean it. */
  otherNames: ReadonlyMap<string, string>;
  /** The columns of the login, in the order of the table. */
  login: readonly string[];
  /** Values of columns that the scenario gives to every device. */
  given: Readonly<Record<string, string>>;
  /** Columns that say where a device connects; none where the way to sign in has no use for them. */
  address: readonly string[];
  /** The columns that stand in for a deviceName. */
  nameFrom: readonly string[];
  /** The columns of the login that a list, or a device in it, may be without. */
  mayLack: readonly string[];
  method: ListedBy;
}

/** As much of a way to sign in as a list needs to know. */
export type ListedBy = Omit<LoginMethod, 'settings' | 'word' | 'prepare'>;

export function listFormOf(
  platform: Platform,
  method: ListedBy,
  given: Readonly<Record<string, string>> = {},
  lacking: readonly string[] = [],
): ListForm {
  const { columns, names, nameFrom } = method;
  const login = columns.map(({ name }) => name);
  const mayLack = [...lacking, ...columns.filter(({ isOptional }) => isOptional).map(({ name }) => name)];
  // What other columns tell need not be there: whether they do is seen in each row.
  const needed = method.namesIn === undefined ? names : names.filter((name) => name === 'clientId');
  const required = [...needed, ...login].filter(
    (name) => given[name] === undefined && !mayLack.includes(name),
  );
  const optional = NAMES.map(({ name }) => name).filter((name) => !required.includes(name));
  const called = (by: 'aliases' | 'otherNames'): Map<string, string> =>
    new Map(
      [...NAMES, ...columns].flatMap((column) => (column[by] ?? []).map((other) => [other, column.name])),
    );
  const fields = [...new Set([...names, ...login, ...optional])];
  return {
    platform,
    method,
    fields,
    required,
    aliases: called('aliases'),
    otherNames: called('otherNames'),
    login,
    given,
    address: method.addressIn === undefined ? [] : ADDRESS_COLUMNS,
    nameFrom,
    mayLack,
  };
}

/** The absolute path that a value stands for: placeholders of the device's names are filled in, and it begins in that folder. */
export function pathOf(value: string, folder: string, names: Record<DeviceName, string>): string {
  return resolve(folder, fillPlaceholders(value, names));
}

/** Those of the columns of a login that are paths, by their place. */
export function filesOf({ method }: ListForm): number[] {
  return method.columns.flatMap(({ isFile }, at) => (isFile ? [at] : []));
}

/** The form of lists that are about Aliyun whatever a scenario says: the stand-in's. */
export const TRIPLES = listFormOf(aliyun, hmac);

/** The columns as the first line of a list would name them: `productKey,deviceName,deviceSecret[,clientId]`. */
export function headerOf({ fields, required }: ListForm): string {
  const optional = fields.filter((name) => !required.includes(name)).map((name) => `[,${name}]`);
  return required.join(',') + optional.join('');
}
