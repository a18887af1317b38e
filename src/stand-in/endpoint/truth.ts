/**
 * How long the answers of the stand-in really took, by its own clock: from the request's parsing to the write of its answer. A client's
 * percentiles can be held against these; the difference is the network and the client itself.
 */
import { Histogram, type HistogramStats } from '../../metrics/histogram/histogram.ts';

export const ANSWERS = ['connack', 'puback', 'reply', 'auth', 'register'] as const;

/**
 * CONNECT to CONNACK of accepted sign-ins, QoS 1 PUBLISH to PUBACK, what a device asks (a property post, the time, its shadow) to the reply,
 * request of a token, or of a secret, to its answer.
 */
export type Answer = (typeof ANSWERS)[number];

/** The times of the answers, in µs; null where there was no such answer. */
export type TruthStats = Record<Answer, HistogramStats | null>;

export class Truth {
  private readonly histograms: Record<Answer, Histogram> = {
    connack: new Histogram('total'),
    puback: new Histogram('total'),
    reply: new Histogram('total'),
    auth: new Histogram('total'),
    register: new Histogram('total'),
  };
  private last: TruthStats | undefined;

  record(answer: Answer, us: number): void {
    // What was on its way when the stand-in closed is written to nobody.
    if (this.last === undefined) this.histograms[answer].record(us);
  }

  stats(): TruthStats {
    if (this.last !== undefined) return this.last;
    return Object.fromEntries(ANSWERS.map((name) => [name, this.histograms[name].stats()])) as TruthStats;
  }

  /** Frees the histograms; the statistics stay. */
  close(): void {
    if (this.last !== undefined) return;
    this.last = this.stats();
    for (const answer of ANSWERS) this.histograms[answer].destroy();
  }
}
