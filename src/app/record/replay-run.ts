/** A run once more from its journal: every message through the same totals as when it came. What no summary was made of is a partial run. */
import { join } from 'node:path';
import { balanceOf } from '../../load/behaviour/telemetry/delivery/ledger.ts';
import type { Ledger } from '../../metrics/ledger.ts';
import type { Summary } from '../../metrics/summary.ts';
import { summarySchema } from '../../metrics/summary-schema.ts';
import { Totals } from '../../metrics/totals.ts';
import { badInput } from '../../model/errors.ts';
import type { JournalEntry, JournalHead } from '../../report/journal/entry.ts';
import { JOURNAL } from '../../report/journal/journal.ts';
import { readJournal } from '../../report/journal/read-journal.ts';
import type { FinishedRun } from '../../report/run/run-files.ts';
import { summaryOf } from './run-facts.ts';

type Entry<Type extends JournalEntry['type']> = Extract<JournalEntry, { type: Type }>;

/** `isGoingOn`: the run's process is still at it. Throws `bad-input` for what is no journal. */
export async function replayRun(folder: string, isGoingOn = false): Promise<FinishedRun> {
  const path = join(folder, JOURNAL);
  const replay = new Replay();
  await readJournal(path, replay);
  const run = replay.finish(isGoingOn);
  // Entries that are sound one by one may still contradict each other.
  if (summarySchema.safeParse(run.summary).success) return run;
  throw badInput([
    { file: path, message: 'its entries contradict each other: no run can have said all of this' },
  ]);
}

class Replay {
  private head!: JournalHead;
  private target = '';
  private totals!: Totals;
  private readonly nextSequence: number[] = [];
  private readonly lastSecond: number[] = [];
  private newestSecond = -1;
  /** Since the newest second began. */
  private held: Entry<'snapshot'>[] = [];
  private measuredUs = 0;
  private startedEpochMs: number | undefined;
  private readonly ledgers = new Map<number, Ledger>();
  private readonly lost = new Map<number, string>();
  private stop: Entry<'stopping'> | undefined;
  private ended: Entry<'ended'> | undefined;
  private cut: Entry<'cut'> | undefined;

  onHead(head: JournalHead): void {
    this.head = head;
    this.target = head.scenario.target;
    const shards = head.plan.shares.length;
    this.totals = new Totals(shards, head.isFlatOut);
    this.nextSequence.push(...new Array<number>(shards).fill(0));
    this.lastSecond.push(...new Array<number>(shards).fill(-1));
  }

  onEntry(entry: JournalEntry): string | undefined {
    if ('shard' in entry && entry.shard >= this.nextSequence.length)
      return `is of shard ${entry.shard}, of ${this.nextSequence.length} from 0 on`;
    switch (entry.type) {
      case 'aimed':
        this.target = entry.target;
        break;
      case 'started':
        this.startedEpochMs = entry.epochMs;
        break;
      case 'snapshot':
        return this.onSnapshot(entry);
      case 'done':
        this.ledgers.set(entry.shard, entry.ledger);
        break;
      case 'lost':
        this.lost.set(entry.shard, entry.reason);
        break;
      case 'stopping':
        if (entry.breach && entry.breach.index >= this.head.thresholds.length)
          return 'is of a threshold that there is not';
        this.stop ??= entry;
        break;
      case 'ended':
        this.ended = entry;
        break;
      case 'cut':
        this.cut = entry;
        break;
    }
    return undefined;
  }

  private onSnapshot(entry: Entry<'snapshot'>): string | undefined {
    const { shard, sequence, snapshot } = entry;
    const due = this.nextSequence[shard]!++;
    if (sequence !== due) return `is snapshot ${sequence} of shard ${shard}, where ${due} is due`;
    const { second } = snapshot;
    if (second <= this.lastSecond[shard]!)
      return `is of second ${second} of shard ${shard}, which has been told`;
    this.lastSecond[shard] = second;
    // Those before are safe; kept they would fill the memory.
    if (second > this.newestSecond) this.mergeHeld();
    this.newestSecond = Math.max(second, this.newestSecond);
    this.held.push(entry);
    return undefined;
  }

  private mergeHeld(): void {
    for (const { shard, snapshot } of this.held) {
      this.totals.add(shard, snapshot);
      if (!snapshot.closing) this.measuredUs = Math.max(this.measuredUs, snapshot.toUs);
    }
    this.held = [];
  }

  /** Of a second that not every worker had told of there are no rates to be had: what the others said of it is left out. */
  private dropUntold(): void {
    const isSilent = (shard: number): boolean => !this.ledgers.has(shard) && !this.lost.has(shard);
    if (this.lastSecond.every((last, shard) => !isSilent(shard) || last >= this.newestSecond)) return;
    this.held = this.held.filter(
      ({ shard, snapshot }) => !isSilent(shard) || snapshot.second < this.newestSecond,
    );
  }

  finish(isGoingOn: boolean): FinishedRun {
    const { head, totals, lost, ledgers, ended } = this;
    this.dropUntold();
    this.mergeHeld();
    let silent = 0;
    head.plan.shares.forEach((share, shard) => {
      if (lost.has(shard) || !ledgers.has(shard)) totals.lose(shard, share);
      else totals.timeline.finish(shard);
      if (!lost.has(shard) && !ledgers.has(shard)) silent++;
    });
    totals.closeMessages(balanceOf([...ledgers.values()], head.plan.shares.length));
    const reachedUs = silent > 0 ? Math.min(this.measuredUs, head.plan.durationUs) : head.plan.durationUs;
    const durationUs = ended?.durationUs ?? this.stop?.ranForUs ?? reachedUs;
    const startedEpochMs = ended?.startedEpochMs ?? this.startedEpochMs ?? head.openedEpochMs;
    const outcome = ended?.outcome ?? this.outcome(silent > 0, isGoingOn, startedEpochMs + durationUs / 1e3);
    const summary = summaryOf(head, this.target, {
      ...{ totals, outcome, startedEpochMs, durationUs, breach: this.stop?.breach },
      observed: ended?.observed,
    });
    const { intervals, merged } = totals.timeline;
    return { summary, intervals, merged, asRun: head.asRun };
  }

  /** Of a run that has not told it itself. */
  private outcome(isCutShort: boolean, isGoingOn: boolean, untilEpochMs: number): Summary['outcome'] {
    const lost = [...this.lost].map(([shard, reason]) => `worker ${shard} was lost: ${reason}`);
    if (!isCutShort && lost.length === 0) {
      return this.stop === undefined
        ? { state: 'completed', reason: null }
        : { state: 'aborted', reason: this.stop.reason };
    }
    const why = isCutShort ? [this.whyCutShort(isGoingOn, untilEpochMs)] : [];
    return { state: 'partial', reason: [...why, ...lost].join('; ') };
  }

  private whyCutShort(isGoingOn: boolean, untilEpochMs: number): string {
    const until = new Date(untilEpochMs).toISOString();
    if (isGoingOn) return `the run goes on; this is what it has measured until ${until}`;
    if (this.cut !== undefined)
      return `its journal was cut (${this.cut.reason}); this is what it had measured until ${until}`;
    if (this.startedEpochMs === undefined)
      return 'the process was killed before its start line: nothing was measured';
    return `the process was killed; this is what it had measured until ${until}`;
  }
}
