/** The flags of `mqtt-fleet broker` that ask for faults, and the plan they make. */
import type { Problem } from '../../model/errors.ts';
import type { FaultPlan } from '../../model/scenario.ts';
import { PLAN_SETTINGS } from '../../stand-in/faults/plan.ts';
import { optionsOf, settingsOf } from './setting-flags.ts';

export const FAULT_OPTIONS = optionsOf('Faults:', PLAN_SETTINGS);

/** The plan is undefined when no fault was asked for; it is of use only without problems. */
export function faultPlanOf(flags: object): { plan?: FaultPlan; problems: Problem[] } {
  const { values, problems } = settingsOf(PLAN_SETTINGS, flags);
  const { seed, ...faults } = values as FaultPlan;
  return { plan: Object.keys(faults).length === 0 ? undefined : { seed, ...faults }, problems };
}
