/** How devices sign in, as the outside form has it: the name of a method, or its settings. */
import * as z from 'zod';
import { object, rule } from '../../input/fields.ts';
import type { Auth } from '../../model/scenario.ts';
import type { LoginMethod } from '../../platform/login-method.ts';
import { MODULE } from '../../platform/module/module.ts';
import type { Platform } from '../../platform/platform.ts';
import { methodOf, PLATFORMS } from '../../platform/platforms.ts';

/** `given` are columns that every device has from the scenario rather than from a list; they may be secret, and go no further. */
export interface AuthDraft {
  auth: Auth;
  given: Readonly<Record<string, string>>;
}

const METHOD = `A way to sign in that the platform has; the first where none is named (${PLATFORMS.map(
  ({ name, methods }) => `${name}: ${methods.map((each) => each.name).join(', ')}`,
).join('; ')})`;

const METHODS = PLATFORMS.flatMap(({ methods }) => methods);
/** The keys of each method, and what holds across them. */
const SETTINGS = new Map(
  await Promise.all(METHODS.map(async (method) => [method, await method.settings()] as const)),
);

/** Schema of `auth` for one method, with the names of all that the platform has. */
export function authOf({ methods }: Platform, method: LoginMethod) {
  const names = methods.map((each) => each.name);
  // A module has a name of its own, which only the settings can give.
  const short = names.filter((each) => each !== MODULE);
  const error = `is no way to sign in; write ${short.join(' or ')}, or a map with its settings`;
  const name = z.enum(names, { error: ({ input }) => ofAnother(names, input) });
  const { shape, check, complete } = SETTINGS.get(method)!;
  const whole = object({
    method: name.prefault(method.name).meta({ description: METHOD }),
    ...shape,
  })
    .superRefine(rule((settings, complain) => check?.(settings as Auth, complain)))
    .transform((settings) => draftOf(complete?.(settings as Auth) ?? (settings as Auth), method));
  const named = z
    .enum(short, { error: ({ input }) => ofAnother(names, input) ?? error })
    .transform((name, context) => {
      const { data, error } = whole.safeParse({ method: name });
      if (data !== undefined) return data;
      const missing = error.issues.map(({ path }) => `${path.join('.')}: …`);
      context.addIssue({
        code: 'custom',
        message: 'is a way to sign in that needs settings',
        params: { hint: `auth: { method: ${name}, ${missing.join(', ')} }` },
      });
      return z.NEVER;
    });
  return z.union([named, whole], { error }).prefault({});
}

/** Message for a method of another platform; undefined, which is the usual message, for what no platform has. */
function ofAnother(names: readonly string[], method: unknown): string | undefined {
  const has = ({ methods }: Platform): boolean => methods.some(({ name }) => name === method);
  const owner = PLATFORMS.find(has);
  if (owner === undefined || names.some((name) => name === method)) return undefined;
  return `is a way to sign in that platform: ${owner.name} has`;
}

/** Schema of `auth` for any method of any platform, for editors. */
export function anyAuth() {
  const names = [...new Set(METHODS.map(({ name }) => name))];
  const forms = METHODS.map((method) =>
    object({
      method: z.enum(names).optional().meta({ description: METHOD }),
      ...SETTINGS.get(method)!.shape,
    }),
  );
  return z.union([z.enum(names), ...forms]).prefault({});
}

/** What the scenario's `auth` says of the method, before it is known to be sound. */
export function methodMeant(platform: Platform, auth: unknown): LoginMethod {
  const isMap = typeof auth === 'object' && auth !== null;
  const method = !isMap ? auth : 'method' in auth ? auth.method : MODULE in auth ? MODULE : undefined;
  return methodOf(platform, typeof method === 'string' ? { method } : {});
}

function draftOf(settings: Auth, { columns }: LoginMethod): AuthDraft {
  const entries = Object.entries(settings);
  const isGiven = ([key]: [string, unknown]): boolean => columns.some(({ name }) => name === key);
  const given = entries.filter((entry) => isGiven(entry) && entry[1] !== undefined);
  const rest = entries.filter((entry) => !isGiven(entry));
  return { auth: Object.fromEntries(rest) as unknown as Auth, given: Object.fromEntries(given) };
}
