/** The pace of publishing: one message `every` so often, or with `every: 0s` as many as the connection takes. Pure. */
import type { Complain } from './rules.ts';
import type { PublishPlan } from './scenario.ts';

/** What there is no schedule for: no intended time but the real one, no slip. */
export function isFlatOut({ everyUs }: Pick<PublishPlan, 'everyUs'>): boolean {
  return everyUs === 0;
}

/** Of so many devices together, on average; infinite where one of them has no pace. */
export function messagesPerSec(publish: readonly Pick<PublishPlan, 'everyUs'>[], devices: number): number {
  return publish.reduce((sum, { everyUs }) => sum + devices / (everyUs / 1e6), 0);
}

/** What makes sense at a pace only. */
export function checkPace(
  plan: Pick<PublishPlan, 'everyUs' | 'jitter'> & { reply?: string },
  complain: Complain,
): void {
  if (!isFlatOut(plan)) return;
  const why = 'with `every: 0s` each message follows the one before at once';
  if (plan.jitter.kind !== 'none') complain(['jitter'], 'strays from a pace that there is not', why);
  if (plan.reply !== undefined)
    complain(['reply'], 'cannot be waited for', `${why}; give \`every\` a time to measure replies`);
}
