/**
 * The numbers that stand for the names of topics on one connection (MQTT 5, 3.3.2.3.4): of as many topics as the server takes, first come,
 * first served. A device publishes to few.
 */
import { PROPERTY } from '../properties.ts';

export class TopicAliases {
  private readonly most: number;
  private readonly numbers = new Map<string, number>();

  /** `most`: the Topic Alias Maximum of the server. */
  constructor(most: number) {
    this.most = most;
  }

  /** The number by which the server knows the topic; 0 where it knows it by none. */
  known(topic: string): number {
    return this.numbers.get(topic) ?? 0;
  }

  /** The number of a topic that the server is told now, beside its name; 0 where there is none left. */
  add(topic: string): number {
    if (this.numbers.size === this.most) return 0;
    this.numbers.set(topic, this.numbers.size + 1);
    return this.numbers.size;
  }
}

/** By their numbers: all connections say the same. */
const PROPERTIES: Uint8Array[] = [];

/** The property as it is on the wire. */
export function aliasProperty(alias: number): Uint8Array {
  PROPERTIES[alias] ??= Uint8Array.of(PROPERTY.topicAlias, alias >> 8, alias & 0xff);
  return PROPERTIES[alias];
}
