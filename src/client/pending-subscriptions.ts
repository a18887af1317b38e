/** The subscriptions of one connection on their way to the server and back: in which packets, and what has been answered. */

import type { Subscription } from '../model/scenario.ts';
import { forbiddenFilter, type ServerLimits } from '../mqtt/server-limits.ts';

/** One SUBSCRIBE, and what it leaves out. */
export interface Batch {
  /** The place of its first filter among those that were asked for. */
  from: number;
  /** Of its filters: 0 until they are answered, and why where they are not sent. */
  codes: number[];
  /** Empty where the server would take none of them. */
  sent: Subscription[];
  /** Set by whoever sends it. */
  packetId: number;
  /** Where the code of each filter stands in the SUBACK, where that is not in their order. */
  places?: number[];
}

/** Fixed header, packet id and the length of the properties, at the most. */
const BYTES_BESIDE_FILTERS = 5 + 2 + 1;
/** The length before each filter and the options behind it. */
const BYTES_BESIDE_FILTER = 3;

export class PendingSubscriptions {
  private batches: Batch[] = [];
  private readonly mostTopics: number;

  /** `mostTopics` of them the platform takes in one SUBSCRIBE. */
  constructor(mostTopics: number) {
    this.mostTopics = mostTopics;
  }

  /** At most `mostTopics` filters to a batch, each once, and no packet beyond what the server takes. All of them wait from here on. */
  add(subscriptions: Subscription[], limits: ServerLimits): Batch[] {
    const added: Batch[] = [];
    let batch: Batch | undefined;
    let bytes = 0;
    for (const [at, subscription] of subscriptions.entries()) {
      const { topic } = subscription;
      const more = BYTES_BESIDE_FILTER + Buffer.byteLength(topic);
      const code = forbiddenFilter(limits, topic, BYTES_BESIDE_FILTERS + more);
      if (batch === undefined || this.isFull(batch, topic, bytes + more > limits.maximumPacketSize)) {
        batch = { from: at, codes: [], sent: [], packetId: 0 };
        bytes = BYTES_BESIDE_FILTERS;
        added.push(batch);
      }
      batch.codes.push(code);
      if (code !== 0) continue;
      batch.sent.push(subscription);
      bytes += more;
    }
    this.batches.push(...added.filter(({ sent }) => sent.length > 0));
    return added;
  }

  /** How many codes its SUBACK must have; undefined where nothing waits for it. */
  countOf(packetId: number): number | undefined {
    return this.batches.find((batch) => batch.packetId === packetId)?.sent.length;
  }

  /** What the SUBACK answers, with its codes put in; undefined for one that repeats or answers nothing. */
  answered(packetId: number, codes: number[]): Batch | undefined {
    const at = this.batches.findIndex((batch) => batch.packetId === packetId);
    if (at === -1) return undefined;
    const batch = this.batches.splice(at, 1)[0]!;
    const inOrder = batch.places?.map((place) => codes[place]!) ?? codes;
    let next = 0;
    batch.codes = batch.codes.map((code) => (code === 0 ? inOrder[next++]! : code));
    return batch;
  }

  /** A filter that stands in it already begins another: MQTT.js would send it once. */
  private isFull({ codes, sent }: Batch, topic: string, isOverSize: boolean): boolean {
    if (codes.length === this.mostTopics) return true;
    return (isOverSize && sent.length > 0) || sent.some((other) => other.topic === topic);
  }
}
