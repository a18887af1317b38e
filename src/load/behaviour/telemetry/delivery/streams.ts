/** The streams that one receiver hears, by the device that sends them and the plan that it sends them by. */
import { Stream } from './stream.ts';

/** A device that hears more senders than this keeps no books of the rest: their latency counts, their losses do not. */
const MOST_STREAMS = 100_000;

export class Streams {
  private readonly plans: number;
  private readonly streams = new Map<number, Stream>();

  /** Every sender has so many plans. */
  constructor(plans: number) {
    this.plans = plans;
  }

  keyOf(device: number, plan: number): number {
    return device * this.plans + plan;
  }

  get(key: number): Stream | undefined {
    return this.streams.get(key);
  }

  /** The stream, which is made if there is none; undefined where there is no room for it. */
  of(key: number, device: number, plan: number): Stream | undefined {
    let stream = this.streams.get(key);
    if (stream === undefined && this.streams.size < MOST_STREAMS) {
      stream = new Stream(device, plan);
      this.streams.set(key, stream);
    }
    return stream;
  }

  get all(): Iterable<Stream> {
    return this.streams.values();
  }
}
