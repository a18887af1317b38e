/** What is said of a metric, once and for all, beside its name: the rows of the tables counters, trends and gauges. */

export interface MetricRow<Need extends string = string> {
  /** One sentence on what it is: as Prometheus shows it beside the name. */
  help: string;
  /** Name of what a scenario must do for there to be data (needs); absent: any does. */
  needs?: Need;
  /** Whether a summary may have been written before there was this metric, and lack it: nothing of its kind could happen then. */
  addedLater?: true;
}

/** A counter. Names of counters are `Name`, which the table itself makes known: a share of what is no counter does not compile. */
export interface CounterRow<Name extends string = string> extends MetricRow {
  /** Unit of what is counted; absent: plain counts. */
  unit?: 'bytes';
  /** Direction in which it is better; absent: neither, as of what was scheduled. */
  better?: 'low' | 'high';
  /** Name of what there must have been for a 0 to be a number (wholes). */
  outOf: string;
  /** Counter that its `share` is a share of; absent: it takes none. */
  shareOf?: Name;
  /** Whether it is counted when the run ends: before that there is no number, not even 0. */
  closing?: true;
  /** Word after its number where reports tell what went wrong, and in which line; absent: it is no trouble. */
  trouble?: { line: TroubleLine; word: string };
}

export type TroubleLine = 'connects' | 'messages' | 'deliveries';

/** A histogram of durations: microseconds inside, milliseconds outside. Less is better. */
export interface TimeRow extends MetricRow {
  /** Whether a device or its user waits for it, it is a part of that, or it is how late the generator itself was. */
  group: 'end-to-end' | 'part' | 'generator';
  /** Name in the live view, and place from its top; the percentile chart shows it at first. Absent: neither. */
  watched?: { name: string; place: number };
  /** Phase of a connect that it is, which together are `connect_service`: name in the bar of phases, what happens in it, its colour there. */
  phase?: { name: string; says: string; colour: 1 | 2 | 3 | 4 | 5 | 6 | 7 };
}

/** A histogram of throughput: one value, in units per second, for each second of the run. More is better. */
export interface RateRow<Name extends string = string> extends MetricRow {
  /** Counters whose sum it is the rate of. */
  counts: readonly Name[];
}

/** A level rather than a sum: only its highest and lowest value over the run can be judged. */
export type GaugeRow = MetricRow;
