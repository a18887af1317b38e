/** What one device receives of the run's own messages: their latency, and the stream of each sender. */
import type { Recorder } from '../metrics/recorder.ts';
import type { PublishPlan } from '../scenario/scenario.ts';
import { type MessageHeader, readHeader } from './message-header.ts';
import { Stream } from './stream.ts';

/** A device that hears more senders than this keeps no books of the rest: their latency counts, their losses do not. */
const MOST_STREAMS = 100_000;

/** Of a CompiledPlan what says how messages follow each other. */
interface Paced {
  plan: Pick<PublishPlan, 'everyUs' | 'jitter'>;
}

export class Inbox {
  private readonly recorder: Recorder;
  private readonly run: number;
  private readonly plans: readonly Paced[];
  private readonly subscribedUs: number;
  private readonly streams = new Map<string, Stream>();

  /** `subscribedUs`: since when the subscriptions are in force. */
  constructor(recorder: Recorder, run: number, plans: readonly Paced[], subscribedUs: number) {
    this.recorder = recorder;
    this.run = run;
    this.plans = plans;
    this.subscribedUs = subscribedUs;
  }

  /** A device that hears itself misses messages even when none arrives at all. */
  expectOwn(device: number, plan: number): void {
    const key = `${device}/${plan}`;
    if (!this.streams.has(key)) this.streams.set(key, new Stream(device, plan, 1));
  }

  received(payload: Buffer, nowUs: number): void {
    const header = readHeader(payload, this.run);
    if (header === undefined) return;
    const arrival = this.streamOf(header)?.arrive(header.seq);
    const { counters, trends } = this.recorder;
    if (arrival === 'duplicate') {
      counters.messages_duplicated++;
      return;
    }
    if (arrival === 'late') counters.messages_reordered++;
    trends.message_latency.record(Math.max(0, nowUs - header.intendedUs));
  }

  /** Appends its streams to a ledger under way. */
  report(received: number[]): void {
    for (const stream of this.streams.values()) {
      received.push(stream.device, stream.plan, stream.expectedFrom, stream.distinct);
    }
  }

  private streamOf({ device, plan, seq, intendedUs }: MessageHeader): Stream | undefined {
    const key = `${device}/${plan}`;
    let stream = this.streams.get(key);
    if (stream === undefined && this.streams.size < MOST_STREAMS) {
      // Messages meant for a time when this device had already subscribed should have come before this one.
      const missed = messagesWithin(intendedUs - this.subscribedUs, this.plans[plan]!.plan);
      stream = new Stream(device, plan, Math.max(1, seq - missed));
      this.streams.set(key, stream);
    }
    return stream;
  }
}

/** How many messages were certainly meant for the time `us` before another: both may be off their places, towards each other. */
function messagesWithin(us: number, { everyUs, jitter }: Paced['plan']): number {
  if (jitter.kind === 'exponential' || everyUs === 0) return 0;
  const off = jitter.kind === 'uniform' ? 2 * jitter.share : 0;
  return Math.max(0, Math.floor(us / everyUs - off));
}
