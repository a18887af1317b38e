/** What a person sees of a run: its events, shown by the live view. */

import type { RunEvent } from '../../coordinator/fleet.ts';
import type { Plan } from '../../coordinator/plan.ts';
import { Totals } from '../../metrics/totals.ts';
import type { Scenario } from '../../model/scenario.ts';
import { terminalText } from '../../model/terminal-text.ts';
import { courseOf, type Figures, figuresOf } from '../../report/live/live-facts.ts';
import type { LiveView } from '../../report/live/live-view.ts';
import type { Paint } from '../../report/text/paint.ts';

export interface ViewedRun {
  scenario: Scenario;
  plan: Plan;
}

/** `nowMs` of any clock that only goes forward: between two events it moves the time on. */
export function showRun(
  view: LiveView,
  { scenario, plan }: ViewedRun,
  paint: Paint,
  nowMs: () => number,
): (event: RunEvent) => void {
  const workers = plan.segments.length;
  const lengths = { ...plan, gracefulStopUs: scenario.gracefulStopUs };
  let totals = new Totals(workers);
  let seen: { elapsedUs: number; atMs: number } | undefined;
  let stoppedUs: number | undefined;
  const elapsedUs = (): number | undefined => seen && seen.elapsedUs + (nowMs() - seen.atMs) * 1e3;

  // Drawn several times a second, but there is something new only once a second.
  let figures: Figures = figuresOf(totals);
  let ofRows = 0;
  const standing = () => {
    const { length } = totals.timeline.seconds;
    if (length !== ofRows) figures = figuresOf(totals);
    ofRows = length;
    return { course: courseOf(lengths, elapsedUs(), stoppedUs), figures, planned: plan.starts, workers };
  };

  view.show(standing);
  return (event) => {
    switch (event.type) {
      case 'started':
        seen = { elapsedUs: 0, atMs: nowMs() };
        break;
      case 'progress':
        totals = event.totals;
        seen = { elapsedUs: event.elapsedUs, atMs: nowMs() };
        view.show(standing);
        break;
      case 'stopping':
        stoppedUs = elapsedUs() ?? 0;
        view.note(`stopping: ${terminalText(event.reason)}`);
        break;
      case 'lost':
        view.note(paint.bad(`worker ${event.shard} was lost: ${terminalText(event.reason)}`));
        break;
      case 'waiting':
      case 'ready':
      case 'message':
      case 'ended':
        break;
    }
  };
}
