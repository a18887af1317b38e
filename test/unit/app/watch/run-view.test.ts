import { beforeEach, expect, it } from 'vitest';
import { showRun } from '../../../../src/app/watch/run-view.ts';
import type { RunEvent } from '../../../../src/coordinator/fleet.ts';
import { planRun } from '../../../../src/coordinator/plan.ts';
import { Totals } from '../../../../src/metrics/totals.ts';
import type { LiveFacts } from '../../../../src/report/live/live-facts.ts';
import type { LiveView } from '../../../../src/report/live/live-view.ts';
import { paintFor } from '../../../../src/report/text/paint.ts';
import { devicesOf, scenarioOf } from '../../load/fleet.ts';
import { snapshotOf } from '../../metrics/snapshots.ts';

class ViewInHand implements LiveView {
  facts: () => LiveFacts = () => {
    throw new Error('nothing was shown');
  };
  readonly notes: string[] = [];

  show(facts: () => LiveFacts): void {
    this.facts = facts;
  }

  note(line: string): void {
    this.notes.push(line);
  }

  end(): void {}

  abandon(): void {}
}

let view: ViewInHand;
let nowMs: number;
let tell: (event: RunEvent) => void;
let totals: Totals;

beforeEach(() => {
  view = new ViewInHand();
  nowMs = 50_000;
  totals = new Totals(2);
  const scenario = scenarioOf({ holdUs: 10e6, gracefulStopUs: 5e6 });
  const plan = planRun(scenario, devicesOf(10), 2);
  tell = showRun(view, { scenario, plan }, paintFor({}, {}), () => nowMs);
});

function progress(second: number, open: number): void {
  for (const shard of [0, 1])
    totals.add(
      shard,
      snapshotOf(second, () => {}, { open }),
    );
  tell({ type: 'progress', totals, elapsedUs: (second + 1) * 1e6 });
}

it('shows from the first moment what is being started', () => {
  expect(view.facts()).toMatchObject({ course: { phase: 'starting' }, planned: 10, workers: 2 });
});

it('moves the time on between two events', () => {
  tell({ type: 'started', epochMs: 0 });
  nowMs += 400;
  expect(view.facts().course.elapsedUs).toBe(400_000);
  progress(0, 3);
  nowMs += 250;
  expect(view.facts().course.elapsedUs).toBe(1_250_000);
});

it('reads the figures of each new second once', () => {
  tell({ type: 'started', epochMs: 0 });
  progress(0, 3);
  const { figures } = view.facts();
  expect(figures.open).toBe(6);
  nowMs += 250;
  expect(view.facts().figures).toBe(figures);
  progress(1, 5);
  expect(view.facts().figures.open).toBe(10);
});

it('drains from the moment of a stop, and says why', () => {
  tell({ type: 'started', epochMs: 0 });
  progress(0, 3);
  tell({ type: 'lost', shard: 1, reason: 'out of memory' });
  tell({ type: 'stopping', reason: 'worker 1 was lost', ranForUs: 1e6 });
  nowMs += 1_000;
  expect(view.facts().course).toMatchObject({ phase: 'draining', leftUs: 4e6 });
  expect(view.notes).toEqual(['worker 1 was lost: out of memory', 'stopping: worker 1 was lost']);
});

it('is still starting when it is stopped before the start line', () => {
  tell({ type: 'stopping', reason: 'SIGINT', ranForUs: 1e6 });
  expect(view.facts().course.phase).toBe('starting');
});
