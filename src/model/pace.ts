/** The paces of a run: connects by stages; messages one `every` so often, or with `every: 0s` as many as the connection takes. Pure. */
import type { PublishPlan, Stage } from './scenario.ts';

/** Whether a plan has no pace, and so no schedule: no intended time but the real one, no slip. */
export function isFlatOut({ everyUs }: Pick<PublishPlan, 'everyUs'>): boolean {
  return everyUs === 0;
}

/** Messages per second of so many devices together, on average; infinite where one of them has no pace. */
export function messagesPerSec(publish: readonly Pick<PublishPlan, 'everyUs'>[], devices: number): number {
  return publish.reduce((sum, { everyUs }) => sum + devices / (everyUs / 1e6), 0);
}

/** The highest rate of the stages, in starts per second of the whole fleet. */
export function fastestOf(stages: readonly Stage[]): number {
  return Math.max(...stages.map(({ fromPerSec, toPerSec }) => Math.max(fromPerSec, toPerSec)));
}
