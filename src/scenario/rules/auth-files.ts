/** What the settings of a way to sign in name: looked at, and loaded, before anything is opened. */
import { dirname, resolve } from 'node:path';
import type { Complain } from '../../input/fields.ts';
import type { Auth, Scenario } from '../../model/scenario.ts';
import { methodOf, platformOf } from '../../platform/platforms.ts';

/** The settings with whole paths in them. */
export async function readyAuth(
  { platform, auth }: Pick<Scenario, 'platform' | 'auth'>,
  scenarioFile: string,
  complain: Complain,
  given: ReadonlySet<string>,
  isUnset: (path: readonly PropertyKey[]) => boolean,
): Promise<Auth> {
  const { ready } = methodOf(platformOf({ platform }), auth);
  // Of a value whose environment variable is not set that has been said.
  if (ready === undefined || Object.keys(auth).some((key) => isUnset(['auth', key]))) return auth;
  return await ready(auth, {
    absolute: (file) => resolve(dirname(scenarioFile), file),
    given,
    complain: (path, ...what) => complain(['auth', ...path], ...what),
  });
}
