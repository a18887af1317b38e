/** The platforms that a scenario can name. */

import type { Auth, Scenario } from '../model/scenario.ts';
import { EMBEDDED_SERVICE } from '../model/target.ts';
import { aliyun } from './aliyun/aliyun.ts';
import { CLOUDS } from './clouds/clouds.ts';
import type { LoginMethod } from './login-method.ts';
import { plain } from './plain/plain.ts';
import type { Platform } from './platform.ts';

/** The first is what a scenario means that names none. */
export const PLATFORMS: readonly [Platform, ...Platform[]] = [aliyun, plain, ...CLOUDS];

/** The one of that name; the first where there is none, as in what was recorded before there were several. */
export function platformOf({ platform }: Partial<Pick<Scenario, 'platform'>>): Platform {
  return PLATFORMS.find(({ name }) => name === platform) ?? PLATFORMS[0];
}

/** The platform's method of that name; its first where there is none. */
export function methodOf({ methods }: Platform, { method }: Partial<Auth>): LoginMethod {
  return methods.find(({ name }) => name === method) ?? methods[0];
}

/** What answers mean to devices that sign in that way. */
export function meaningOf(platform: Platform, auth: Partial<Auth>): Pick<Platform, 'hints'> {
  return { hints: { ...platform.hints, ...methodOf(platform, auth).hints } };
}

/** With the columns that its settings name. */
export function withColumns(method: LoginMethod, auth: Auth): LoginMethod {
  return method.columnsFor === undefined ? method : { ...method, columns: method.columnsFor(auth) };
}

/** Where a request goes before a device connects; undefined where none does, or where nobody has said where. */
export function serviceUrlOf({
  target,
  auth,
  platform,
}: Pick<Scenario, 'target' | 'auth' | 'platform'>): string | undefined {
  const { service } = methodOf(platformOf({ platform }), auth);
  if (service === undefined || auth.url !== undefined) return auth.url;
  return target.kind === 'embedded' ? EMBEDDED_SERVICE : service.urlOf(target);
}

/** How the devices of a scenario sign in, in a word: `hmacsha1`. */
export function loginWord(scenario: Pick<Scenario, 'platform' | 'auth'>): string {
  return methodOf(platformOf(scenario), scenario.auth).word(scenario.auth);
}
