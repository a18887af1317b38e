/** What the report of a run says of a failure: what it means, and what the scenario could have done about it. */

import { hinterOf } from '../../client/failure-hint.ts';
import type { FailureCount } from '../../metrics/snapshot.ts';
import { CONNECT_PHASES } from '../../model/failure.ts';
import type { Counter } from '../../model/metrics/metric-names.ts';
import type { Scenario } from '../../model/scenario.ts';
import { meaningOf, platformOf } from '../../platform/platforms.ts';

/** Who has asked for devices that come back may well have meant first connects too. */
const ONCE_ONLY =
  '`reconnect` is for lost connections: first connects are tried again with `connect.retry` only';

/** Lost connections are tried again, first connects are not. */
export function connectsOnceOnly({ connect, reconnect }: Pick<Scenario, 'connect' | 'reconnect'>): boolean {
  return reconnect !== undefined && connect.retry === undefined;
}

/** `connectsOnce`: as of connectsOnceOnly. */
export function hintsOf(
  { connectsOnce, platform, method }: { connectsOnce: boolean; platform?: string; method?: string },
  { connects_failed }: Readonly<Pick<Record<Counter, number>, 'connects_failed'>>,
): (failure: FailureCount) => string {
  const hintOf = hinterOf(meaningOf(platformOf({ platform }), { method }));
  if (connects_failed === 0 || !connectsOnce) return hintOf;
  const phases: readonly string[] = CONNECT_PHASES;
  return (failure) => {
    const hint = hintOf(failure);
    return phases.includes(failure.phase) ? `${hint}; ${ONCE_ONLY}` : hint;
  };
}
