/**
 * A shared subscription `$share/NAME/FILTER` (MQTT 5, 4.8.2; many servers of 3.1.1 have it too): each message goes to one of its members. No
 * member knows what the others got, so that books are kept per group: which numbers came to any of them. Members may be in several shards;
 * a group is what one shard knows of it.
 */
import type { Doubt, ShareBooks, SharedStream } from '../../../../metrics/ledger.ts';
import type { MessageHeader } from './message-header.ts';
import { fewestWithin, type Pace } from './pace-bounds.ts';

/** Most words of a shard, of 32 messages each: what goes beyond, some 30 million messages in a shard, is left out of the books. */
const MOST_WORDS = 2 ** 20;
/** Most times of a group at which it cannot be known whether a member was there; beyond, they are taken as one. */
const MOST_DOUBTS = 1000;

export class ShareGroup {
  readonly name: string;
  private readonly groups: ShareGroups;
  private fromUs = Number.POSITIVE_INFINITY;
  private doubts: Doubt[] = [];
  private readonly streams = new Map<number, SharedStream>();

  constructor(groups: ShareGroups, name: string) {
    this.groups = groups;
    this.name = name;
  }

  joined(nowUs: number): void {
    this.fromUs = Math.min(this.fromUs, nowUs);
  }

  /** A member went: what came to the server from `fromUs` on may have been for it. That has an end once the member is back. */
  left(fromUs: number): Doubt {
    if (this.doubts.length === MOST_DOUBTS) this.doubts = [asOne(this.doubts)];
    const doubt = { fromUs, toUs: Number.POSITIVE_INFINITY };
    this.doubts.push(doubt);
    return doubt;
  }

  /** A member that hears what it sends itself: from this number on, something is owed though nothing comes. */
  expectOwn(key: number, device: number, plan: number, from: number): void {
    // Whether it is a member itself is known only of a subscription that was granted.
    if (this.fromUs === Number.POSITIVE_INFINITY) return;
    const stream = this.streamOf(key, device, plan);
    stream.from = Math.min(stream.from, from);
  }

  /** `repeated`: it had come before, to whichever member of this shard; `copy`: perhaps by another subscription of that member. */
  arrive(
    key: number,
    header: MessageHeader,
    nowUs: number,
    isSingle: boolean,
    pace: Pace,
  ): 'first' | 'repeated' | 'copy' {
    const { device, plan, seq, intendedUs, before, isRegular } = header;
    const stream = this.streamOf(key, device, plan);
    if (!isSingle) stream.isSingle = false;
    if (!this.hasRoom(stream, seq)) return 'first';
    const word = seq >>> 5;
    const bit = 1 << (seq & 31);
    if ((stream.words[word]! & bit) !== 0) return stream.isSingle ? 'repeated' : 'copy';
    stream.words[word]! |= bit;
    const earliestUs = stream.intendedUs[word]!;
    stream.intendedUs[word] = earliestUs === 0 ? intendedUs : Math.min(earliestUs, intendedUs);
    stream.cameUs[word] = Math.max(stream.cameUs[word]!, nowUs);
    stream.connections.add(seq - before);
    stream.highest = Math.max(stream.highest, seq);
    if (intendedUs >= this.fromUs && seq < stream.from) {
      const missed = isRegular ? Math.min(before, fewestWithin(intendedUs - this.fromUs, pace)) : 0;
      stream.from = Math.min(stream.from, seq - missed);
    }
    return 'first';
  }

  get books(): ShareBooks {
    const { name, fromUs, doubts } = this;
    return { name, fromUs, doubts, streams: [...this.streams.values()] };
  }

  private streamOf(key: number, device: number, plan: number): SharedStream {
    let stream = this.streams.get(key);
    if (stream === undefined) {
      stream = emptyStream(device, plan);
      this.streams.set(key, stream);
    }
    return stream;
  }

  private hasRoom(stream: SharedStream, seq: number): boolean {
    const { length } = stream.words;
    if (seq < 32 * length) return true;
    const wanted = Math.max(2 * length, (seq >>> 5) + 1);
    if (!this.groups.takeWords(wanted - length)) {
      stream.isWhole = false;
      return false;
    }
    stream.words = grown(stream.words, new Uint32Array(wanted));
    stream.intendedUs = grown(stream.intendedUs, new Float64Array(wanted));
    stream.cameUs = grown(stream.cameUs, new Float64Array(wanted));
    return true;
  }
}

/** The groups of shared subscriptions of one shard, in a run or one trial. */
export class ShareGroups {
  private readonly groups = new Map<string, ShareGroup>();
  private words = 0;

  /** `name` is the whole of the filter: the same name with another filter is another subscription. */
  of(name: string): ShareGroup {
    let group = this.groups.get(name);
    if (group === undefined) {
      group = new ShareGroup(this, name);
      this.groups.set(name, group);
    }
    return group;
  }

  takeWords(count: number): boolean {
    if (this.words + count > MOST_WORDS) return false;
    this.words += count;
    return true;
  }

  get books(): ShareBooks[] {
    return [...this.groups.values()].map(({ books }) => books);
  }
}

function emptyStream(device: number, plan: number): SharedStream {
  return {
    device,
    plan,
    from: Number.POSITIVE_INFINITY,
    highest: 0,
    words: new Uint32Array(0),
    intendedUs: new Float64Array(0),
    cameUs: new Float64Array(0),
    connections: new Set(),
    isSingle: true,
    isWhole: true,
  };
}

function grown<Words extends Uint32Array | Float64Array>(from: Words, to: Words): Words {
  to.set(from);
  return to;
}

function asOne(doubts: Doubt[]): Doubt {
  const one = { fromUs: Number.POSITIVE_INFINITY, toUs: 0 };
  for (const { fromUs, toUs } of doubts) {
    one.fromUs = Math.min(one.fromUs, fromUs);
    one.toUs = Math.max(one.toUs, toUs);
  }
  return one;
}
