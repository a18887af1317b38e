/** The flags of `mqtt-fleet broker` that are settings of the stand-in: each knows what it takes and what it means. */
import { text } from '../../input/fields.ts';
import type { FaultPlan, Quotas } from '../../model/scenario.ts';
import { PLAN_SETTINGS } from '../../stand-in/faults/plan.ts';
import { QUOTA_SETTINGS, type QuotaValues, quotasFrom } from '../../stand-in/quotas/quotas.ts';
import type { Setting } from '../../stand-in/setting.ts';
import type { Rule } from './flags.ts';

type Settings = readonly Setting<unknown>[];

/** A text for a schema of whatever it takes. */
const typed = text().transform((given): unknown => given);

export const QUOTA_FLAGS = fieldsOf('Quotas:', QUOTA_SETTINGS);
export const FAULT_FLAGS = fieldsOf('Faults:', PLAN_SETTINGS);
export const STAND_IN_RULES = [...rulesOf(QUOTA_SETTINGS), ...rulesOf(PLAN_SETTINGS)];

/** Fields by the names of the flags. Which choices there are stands in the descriptions. */
function fieldsOf(group: string, settings: Settings): object {
  const fields = settings.flatMap(({ schema, flags }) =>
    flags.map(({ name, type, describe: description, schema: own = schema }) => {
      const field = type === 'string' ? typed.pipe(own) : own;
      return [camelCase(name), field.optional().meta({ group, description })];
    }),
  );
  return Object.fromEntries(fields);
}

/** What a setting says of its parts together. */
function rulesOf(settings: Settings): Rule[] {
  return settings.flatMap((setting): Rule[] => {
    const { contradiction, flags } = setting;
    if (contradiction === undefined) return [];
    const names = flags.map(({ name }) => camelCase(name));
    const check: Rule['check'] = (values, complain) => {
      const value = valuesOf([setting], values)[setting.key];
      const wrong = value === undefined ? undefined : contradiction(value);
      if (wrong !== undefined) complain(names, wrong);
    };
    return [{ names, check }];
  });
}

/** What was given, by the settings' keys. */
function valuesOf(settings: Settings, given: object): Record<string, unknown> {
  const all = new Map<string, unknown>(Object.entries(given));
  const values: Record<string, unknown> = {};
  for (const { key, flags } of settings) {
    for (const { name, part } of flags) {
      const value = all.get(camelCase(name));
      if (value === undefined) continue;
      values[key] = part === undefined ? value : { ...(values[key] as object | undefined), [part]: value };
    }
  }
  return values;
}

function camelCase(name: string): string {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** The quotas that sound flags ask for; undefined where they ask for none. */
export function quotasOf(flags: object): Quotas | undefined {
  const values: QuotaValues = valuesOf(QUOTA_SETTINGS, flags);
  return Object.keys(values).length === 0 ? undefined : quotasFrom(values);
}

/** The plan that sound flags ask for; undefined where they ask for no fault. */
export function faultPlanOf(flags: object): FaultPlan | undefined {
  const { seed, ...faults }: FaultPlan = valuesOf(PLAN_SETTINGS, flags);
  return Object.keys(faults).length === 0 ? undefined : { seed, ...faults };
}
