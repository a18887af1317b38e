/** What is known of a run before anything is opened: the head of its journal, and what its summary says besides the figures. */
import { randomUUID } from 'node:crypto';
import { availableParallelism, cpus } from 'node:os';
import type { Plan } from '../../coordinator/plan.ts';
import { buildSummary, type Summary, type SummaryRequest } from '../../metrics/summary.ts';
import { isFlatOut } from '../../model/pace.ts';
import type { Scenario, Target } from '../../model/scenario.ts';
import { TOOL } from '../../model/tool.ts';
import { loginWord } from '../../platform/platforms.ts';
import { JOURNAL_VERSION, type JournalHead } from '../../report/journal/entry.ts';
import { connectsOnceOnly, hintsOf } from './run-hints.ts';

export function headOf(scenario: Scenario, devices: number, plan: Plan, asRun: string): JournalHead {
  const { name, target, client, protocol, platform, thresholds, publish } = scenario;
  return {
    type: 'head',
    journalVersion: JOURNAL_VERSION,
    tool: TOOL,
    run: randomUUID(),
    openedEpochMs: Date.now(),
    scenario: {
      name,
      // The stand-in has no address yet.
      target: target.kind === 'embedded' ? 'the stand-in' : targetText(target, false),
      devices,
      client,
      protocol,
      signmethod: loginWord(scenario),
      workers: plan.segments.length,
    },
    asRun,
    plan: { shares: plan.shares, connectUs: plan.connectUs, durationUs: plan.durationUs },
    isFlatOut: publish.some(isFlatOut),
    connectsOnce: connectsOnceOnly(scenario),
    platform,
    method: scenario.auth.method,
    thresholds,
    environment: environment(),
  };
}

type MeasuredRun = Pick<
  SummaryRequest,
  'totals' | 'outcome' | 'startedEpochMs' | 'durationUs' | 'breach' | 'observed' | 'warnings'
>;

/** The same of a run that has just ended and of one that is replayed. `target` is where it really went. */
export function summaryOf(head: JournalHead, target: string, measured: MeasuredRun): Summary {
  const { tool, environment, thresholds, plan } = head;
  const scenario = { ...head.scenario, target };
  return buildSummary({
    ...{ tool, environment, thresholds, scenario, connectUs: plan.connectUs },
    hintOf: hintsOf(head, measured.totals.counters),
    ...measured,
  });
}

export function targetText(target: Target, isStandIn: boolean): string {
  switch (target.kind) {
    case 'url':
      return `${target.protocol}://${target.host}:${target.port}${target.path}${isStandIn ? ' (stand-in)' : ''}`;
    case 'region':
      return `Aliyun ${target.region}`;
    case 'instance':
      return `Aliyun ${target.instance}`;
  }
}

export function environment(): Summary['environment'] {
  return {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    openssl: process.versions.openssl ?? 'unknown',
  };
}
