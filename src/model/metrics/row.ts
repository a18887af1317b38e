/** What is said of a metric, once and for all, beside its name: the rows of the tables counters, trends and gauges. */

export interface MetricRow<Need extends string = string> {
  /** One sentence: as Prometheus shows it beside the name. */
  help: string;
  /** What a scenario must do for there to be data (needs); absent: any does. */
  needs?: Need;
  /** A summary that was written before there was this metric lacks it: nothing of its kind could happen then. */
  addedLater?: true;
}

/** Names of counters are `Name`, which the table itself makes known: a share of what is no counter does not compile. */
export interface CounterRow<Name extends string = string> extends MetricRow {
  /** Absent: plain counts. */
  unit?: 'bytes';
  /** Absent: neither, as of what was scheduled. */
  better?: 'low' | 'high';
  /** What there must have been for a 0 to be a number (wholes). */
  outOf: string;
  /** What its `share` is a share of; absent: it takes none. */
  shareOf?: Name;
  /** Counted when the run ends: before that there is no number, not even 0. */
  closing?: true;
  /** The word after its number where reports tell what went wrong, in the line of this name; absent: nothing did. */
  trouble?: { line: TroubleLine; word: string };
}

export type TroubleLine = 'connects' | 'messages' | 'deliveries';

/** A histogram of durations: microseconds inside, milliseconds outside. Less is better. */
export interface TimeRow extends MetricRow {
  /** What a device or its user waits for, a part of that, or how late the generator itself was. */
  group: 'end-to-end' | 'part' | 'generator';
  /** Followed in the live view, under this name and at this place from the top, and drawn at first in the percentile chart. */
  watched?: { name: string; place: number };
  /** One of those that together are `connect_service`: its name in the bar of phases, what happens in it, and its colour there. */
  phase?: { name: string; says: string; colour: 1 | 2 | 3 | 4 | 5 | 6 | 7 };
}

/** A histogram of throughput: one value, in units per second, for each second of the run. More is better. */
export interface RateRow<Name extends string = string> extends MetricRow {
  /** The counters whose sum it is the rate of. */
  counts: readonly Name[];
}

/** A level rather than a sum: only its highest and lowest value over the run can be judged. */
export type GaugeRow = MetricRow;
