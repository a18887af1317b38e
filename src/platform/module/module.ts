/** A module of the user's that signs devices in, on any platform: it is given the columns of the platform's own ways, and those it names. */
import { lookAt } from '../../input/given-file.ts';
import type { DeviceTable } from '../../model/devices/device-table.ts';
import { FleetError } from '../../model/errors.ts';
import type { Auth } from '../../model/scenario.ts';
import { type Login, LoginError } from '../login.ts';
import type { LoginMethod } from '../login-method.ts';
import { credentialsFrom, failed, loadSign, nameOfError, type Sign } from './user-module.ts';

interface ModuleSettings extends Auth {
  module: string;
  columns?: readonly string[];
}

export const MODULE = 'module';

/** `methods` are the platform's own. */
export function byModule(methods: readonly [LoginMethod, ...LoginMethod[]]): LoginMethod {
  const known = new Map(methods.flatMap(({ columns }) => columns.map((each) => [each.name, each] as const)));
  const columns = [...known.values()].map((each) => ({ ...each, isOptional: true }));
  const columnsFor = ({ columns: more = [] }: ModuleSettings): LoginMethod['columns'] => {
    const others = more.filter((name) => !known.has(name) && !NAMES.has(name));
    return [
      ...columns,
      ...others.map((name) => ({ name, isSecret: true, isOptional: true, otherNames: [] })),
    ];
  };
  return {
    name: MODULE,
    settings: () => import('./module-settings.ts'),
    names: methods[0].names,
    nameFrom: ['clientId', ...columns.filter(({ isSecret }) => !isSecret).map(({ name }) => name)],
    columns,
    columnsFor,
    asksOthers: true,
    word: () => MODULE,
    async ready(settings, { absolute, complain }) {
      const file = absolute(settings.module);
      const looked = await lookAt(file);
      const found = 'wrong' in looked ? missing(looked) : await loadSign(file);
      if ('wrong' in found) complain([MODULE], found.wrong, found.hint);
      return { ...settings, module: file };
    },
    async prepare(settings, devices) {
      const found = await loadSign(settings.module);
      // It was there when the scenario was read.
      if ('wrong' in found) throw new FleetError('harness', `the module of auth ${found.wrong}`);
      const names = columnsFor(settings).map(({ name }) => name);
      return loginBy(found.sign, names, devices);
    },
  } satisfies LoginMethod<ModuleSettings>;
}

const NAMES = new Set(['productKey', 'deviceName', 'clientId']);

function missing({ wrong, isMissing }: { wrong: string; isMissing?: true }): {
  wrong: string;
  hint?: string;
} {
  return isMissing ? { wrong: 'is not a file that can be read' } : { wrong };
}

function loginBy(sign: Sign, columns: readonly string[], devices: DeviceTable): Login {
  return (names, row, _endpoint, epochMs) => {
    const device: Record<string, string> = { ...names };
    for (const [nth, column] of columns.entries()) device[column] = devices.loginColumn(row, nth);
    try {
      const made = sign(device, epochMs);
      return isPromise(made) ? later(made) : credentialsFrom(made);
    } catch (error) {
      return Promise.reject(failureOfModule(error));
    }
  };
}

function isPromise(made: unknown): made is PromiseLike<unknown> {
  return typeof made === 'object' && made !== null && 'then' in made && typeof made.then === 'function';
}

async function later(made: PromiseLike<unknown>): Promise<ReturnType<typeof credentialsFrom>> {
  try {
    return credentialsFrom(await made);
  } catch (error) {
    throw failureOfModule(error);
  }
}

function failureOfModule(error: unknown): Error {
  return error instanceof LoginError ? error : failed(nameOfError(error));
}
