/** The flags of `mqtt-fleet broker` that set quotas. */
import type { Problem } from '../../model/errors.ts';
import type { Quotas } from '../../model/scenario.ts';
import { QUOTA_SETTINGS, type QuotaValues, quotasFrom } from '../../stand-in/quotas/quotas.ts';
import { optionsOf, settingsOf } from './setting-flags.ts';

export const QUOTA_OPTIONS = optionsOf('Quotas:', QUOTA_SETTINGS);

/** Undefined when no quota was asked for; of use only without problems. */
export function quotasOf(flags: object): { quotas?: Quotas; problems: Problem[] } {
  const { values, problems } = settingsOf(QUOTA_SETTINGS, flags);
  if (problems.length > 0 || Object.keys(values).length === 0) return { problems };
  return { quotas: quotasFrom(values as QuotaValues), problems };
}
