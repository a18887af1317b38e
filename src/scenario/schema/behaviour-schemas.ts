/** The keys of a scenario that ask for behaviours: those of all kinds together, as each kind has them. */
import type { Complain } from '../../input/fields.ts';
import { type BehaviourSchema, settingsIn } from '../../load/behaviour/behaviour.ts';
import { BEHAVIOURS } from '../../load/behaviour/behaviours.ts';
import type { DeviceTable } from '../../model/devices/device-table.ts';
import type { Scenario } from '../../model/scenario.ts';

type Kind = (typeof BEHAVIOURS)[number];
type ShapeOf<Each extends Kind> = Awaited<ReturnType<Each['schema']>>['shape'];
/** The intersection of a union: what a function takes that takes any of them. */
type Together<Union> = (Union extends unknown ? (each: Union) => void : never) extends (
  all: infer All,
) => void
  ? All
  : never;

const schemas: BehaviourSchema[] = await Promise.all(BEHAVIOURS.map((kind) => kind.schema()));

export const behaviourShape: Together<ShapeOf<Kind>> = Object.assign(
  {},
  ...schemas.map(({ shape }) => shape),
);

/** Rules over the settings of each kind, on a scenario that is sound in its parts. */
export function checkBehaviours(scenario: Scenario, devices: DeviceTable, complain: Complain): void {
  for (const { check } of schemas) check?.(settingsIn(scenario), devices, complain);
}
