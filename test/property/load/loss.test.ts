/** Lost and duplicated messages by the real devices and ledgers, held against a broker that remembers what it did with each message. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { balanceOf } from '../../../src/load/behaviour/telemetry/delivery/ledger.ts';
import { cases } from '../../support/cases.ts';
import {
  type Fate,
  type Message,
  matches,
  NaiveWorld,
  plain,
  type Schedule,
  type Stay,
} from './naive-broker.ts';

/** README: a message counts once its receiver had so long for it. */
const SETTLED_US = 1_000_000;

const FILTERS = [
  ['up/#'],
  ['up/${deviceName}'],
  ['up/+', 'up/#'],
  ['x/${deviceName}', 'up/d0', 'up/d1'],
  ['up/#', ...[1, 2, 3, 4, 5, 6, 7, 8].map((n) => `x/${n}`)],
  ['$share/g/up/#'],
  ['$share/g/up/#', 'x/1'],
  ['$share/g/up/#', '$share/h/up/+'],
  ['$share/g/up/#', 'up/${deviceName}'],
];

const MOST_DEVICES = 5;
const ms = (min: number, max: number) => fc.integer({ min, max });
const often = (value: number) => fc.oneof(fc.constant(0), fc.integer({ min: 1, max: value }));
const seldom = <Item>(item: fc.Arbitrary<Item>, most: number) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constant<Item[]>([]) },
    { weight: 1, arbitrary: fc.array(item, { minLength: 1, maxLength: most }) },
  );
const filterOf = fc.tuple(fc.nat({ max: MOST_DEVICES - 1 }), fc.nat({ max: 8 }));

const schedules: fc.Arbitrary<Schedule> = fc
  .record({
    shards: fc.integer({ min: 1, max: 3 }),
    devices: fc.integer({ min: 2, max: MOST_DEVICES }),
    subscribe: fc.constantFrom(...FILTERS),
    everyMs: fc.constantFrom(20, 50, 130),
    jitter: fc.oneof(
      { weight: 3, arbitrary: fc.constant({ kind: 'none' as const }) },
      { weight: 1, arbitrary: fc.constant({ kind: 'uniform' as const, share: 0.4 }) },
      { weight: 1, arbitrary: fc.constant({ kind: 'exponential' as const }) },
    ),
    startsMs: fc.array(ms(0, 800), { minLength: MOST_DEVICES, maxLength: MOST_DEVICES }),
    subackMs: fc.array(ms(1, 140), { minLength: MOST_DEVICES, maxLength: MOST_DEVICES }),
    isEarly: fc.constantFrom(false, false, true),
    refused: seldom(filterOf, 2),
    unanswered: seldom(filterOf, 1),
    dropped: often(30),
    duplicated: often(20),
    late: fc.constantFrom(0, 0, 0, 12),
    copyForEach: fc.boolean(),
    isKept: fc.boolean(),
    losses: seldom(
      fc.record({
        device: fc.nat({ max: MOST_DEVICES - 1 }),
        atMs: ms(100, 1900),
        noticedMs: fc.constantFrom(0, 30, 200),
      }),
      4,
    ),
    publishMs: fc.constantFrom(600, 2000),
    drainMs: fc.constantFrom(0, 400, 1100, 1100, 1600),
    seed: fc.nat({ max: 1e6 }),
  })
  .map(({ devices, startsMs, ...rest }) => ({
    ...rest,
    devices,
    startsMs: startsMs.slice(0, devices),
    losses: rest.losses.filter(({ device }) => device < devices),
    // A kept session has one stay for all its connections, if nothing is in doubt when it begins; and MQTT keeps its messages in order.
    ...(rest.isKept && { late: 0, isEarly: false, unanswered: [] }),
  }));

/** The last message before the cut of a sender was lost after it: it had been acknowledged, and no later one of its connection came to tell. */
const LAST_BEFORE_A_CUT: Schedule = {
  shards: 1,
  devices: 2,
  subscribe: ['up/#'],
  everyMs: 20,
  jitter: { kind: 'none' },
  startsMs: [0, 0],
  subackMs: [1, 1, 1, 1, 1],
  isEarly: false,
  refused: [],
  unanswered: [],
  dropped: 1,
  duplicated: 0,
  late: 0,
  copyForEach: false,
  isKept: true,
  losses: [{ device: 0, atMs: 100, noticedMs: 0 }],
  publishMs: 600,
  drainMs: 1100,
  seed: 286141,
};

interface Bounds {
  /** What by the definition counts for certain. */
  least: number;
  /** What the broker has dropped of what a subscriber was owed; no more may count. */
  most: number;
  /** Both are the same but for what a definition need not decide. */
  isExact: boolean;
}

class Oracle {
  private readonly world: NaiveWorld;
  private readonly isLate: boolean;
  private readonly isPlainPace: boolean;
  private readonly isDrained: boolean;

  constructor(world: NaiveWorld) {
    const { late, jitter, drainMs } = world.schedule;
    this.world = world;
    this.isLate = late > 0;
    this.isPlainPace = jitter.kind === 'none';
    // With a millisecond for what the last messages take to be due.
    this.isDrained = drainMs * 1000 > SETTLED_US;
  }

  get bounds(): Bounds {
    const parts = [...this.plainStreams(), ...this.groups()];
    const sum = (of: (part: Bounds) => number): number => parts.reduce((total, part) => total + of(part), 0);
    return {
      least: sum(({ least }) => least),
      most: sum(({ most }) => most),
      isExact: !this.isLate && this.isPlainPace && this.isDrained && parts.every(({ isExact }) => isExact),
    };
  }

  // --- subscriptions of a device's own

  private *plainStreams(): Generator<Bounds> {
    for (const stay of this.world.stays) {
      for (let sender = 0; sender < this.world.schedule.devices; sender++) {
        if (isOwed(stay, `up/d${sender}`)) yield this.plainStream(stay, sender);
      }
    }
  }

  private plainStream(stay: Stay, sender: number): Bounds {
    const fates = this.world.fates.filter((fate) => fate.stay === stay && fate.message.sender === sender);
    const came = new Set(fates.filter(({ fate }) => fate === 'came').map(({ message }) => message));
    const within = (message: Message): boolean => message.sentUs >= stay.fromUs;
    const lost = messagesOf(fates, (fate) => this.isLost(fate)).filter((m) => within(m) && !came.has(m));
    const begun = [...came].filter(({ intendedUs }) => intendedUs >= stay.fromUs);
    const isOwn = stay.device === sender;
    const counts = (m: Message): boolean => {
      if (!isOwn && m.intendedUs < stay.fromUs) return false;
      const first = begun[0];
      const hasBegun = isOwn || begun.some(({ seq }) => seq < m.seq) || this.startsWith(m, first);
      const overtaken = [...came].some((later) => later.seq > m.seq && this.isOneSession(later, m));
      return hasBegun && (overtaken || this.isOfTheEnd(m, stay));
    };
    // Of a kept session that was cut shortly before the end, or first heard after a cut, more may be certain than `counts` knows of.
    const isOpen =
      this.world.schedule.isKept && lost.some((m) => !counts(m) && (isOwn || m.intendedUs >= stay.fromUs));
    // Heard in a stay before and never in this: what its pace says is owed may be more than `counts` knows of.
    const isKnown = this.world.fates.some(
      (fate) => fate.fate === 'came' && fate.stay.device === stay.device && fate.message.sender === sender,
    );
    const isBlackout = isKnown && !isOwn && begun.length === 0;
    const least = this.isLate ? 0 : lost.filter(counts).length;
    return { least, most: lost.length, isExact: !isBlackout && !isOpen };
  }

  /** The pace tells that this one was sent in the stay too. */
  private startsWith(m: Message, first: Message | undefined): boolean {
    return (
      this.isPlainPace && first !== undefined && m.connection === first.connection && !this.isCarriedOn(m)
    );
  }

  /** What a cut has held up of a kept session goes out again (MQTT 3.1.1, 4.4): its connections have one row of messages. */
  private isOneSession(a: Message, b: Message): boolean {
    return this.world.schedule.isKept || a.connection === b.connection;
  }

  /** It was sent on a later connection of its session: those that were due in between have been left out. */
  private isCarriedOn({ sender, connection }: Message): boolean {
    const { schedule, messages } = this.world;
    return schedule.isKept && messages.some((each) => each.sender === sender && each.connection < connection);
  }

  /** Nothing follows it but the end, for which there was time enough. */
  private isOfTheEnd(m: Message, stay: Stay): boolean {
    const { sender, connection } = m;
    if (this.world.schedule.isKept)
      return this.isDrained && this.isSettled(sender, stay) && this.isSettled(stay.device, stay);
    const isWhole = !this.world.stays.some(
      ({ device, nth, brokenUs }) => device === sender && nth === connection && brokenUs < Infinity,
    );
    return (
      this.isDrained && stay.closedUs < Infinity && connection === this.world.connections[sender] && isWhole
    );
  }

  /** Its last connection was there for so long before the end that all that waited for it has gone out again, and come. */
  private isSettled(device: number, { closedUs }: Stay): boolean {
    return closedUs < Infinity && this.world.thereSinceUs[device]! + SETTLED_US < closedUs;
  }

  // --- groups

  private *groups(): Generator<Bounds> {
    const names = new Set(this.world.fates.flatMap(({ group }) => group ?? []));
    for (const name of names) yield this.group(name);
  }

  private group(name: string): Bounds {
    const { schedule, stays, fates } = this.world;
    const members = stays.filter(({ filters }) =>
      filters.some(({ filter, state }) => filter === name && state === 'granted'),
    );
    const fromUs = Math.min(...members.map((member) => member.fromUs));
    const own = fates.filter(({ group }) => group === name);
    const came = new Set(fates.filter(({ fate }) => fate === 'came').map(({ message }) => message));
    const cameToGroup = new Set(own.filter(({ fate }) => fate === 'came').map(({ message }) => message));
    const lost = messagesOf(own, (fate) => this.isLost(fate)).filter(
      (m) => m.sentUs >= fromUs && !cameToGroup.has(m),
    );
    const isCalm = schedule.losses.length === 0 && this.isDrained && !this.isLate;
    const isSingle = schedule.subscribe.filter((filter) => !filter.startsWith('x/')).length === 1;
    const counts = ({ sender, sentUs }: Message): boolean =>
      members.some(({ device, fromUs }) => device === sender && sentUs >= fromUs);
    const least = isCalm && isSingle ? lost.filter((m) => counts(m) && !came.has(m)).length : 0;
    return { least, most: lost.length, isExact: isCalm && isSingle && lost.every(counts) };
  }

  /** One that was overtaken on the way counts, if the end cuts it off. */
  private isLost({ fate }: Fate): boolean {
    return fate === 'dropped' || (this.isLate && fate === 'cut');
  }

  // --- duplicates

  get duplicated(): { most: number; isExact: boolean } {
    const { schedule, fates } = this.world;
    const copies = new Map<string, number>();
    for (const { message, stay, group, fate } of fates) {
      if (fate !== 'came') continue;
      const key = `${message.sender}/${message.seq} to ${group ?? stay.device}`;
      copies.set(key, (copies.get(key) ?? 0) + 1);
    }
    const most = [...copies.values()].reduce((sum, count) => sum + count - 1, 0);
    const { subscribe, losses, refused, unanswered, isEarly } = schedule;
    const isSingle = subscribe.filter((filter) => !filter.startsWith('x/')).length === 1;
    const isPlainEnough =
      losses.length + refused.length + unanswered.length === 0 && !isEarly && !this.isLate;
    return { most, isExact: isSingle && isPlainEnough };
  }
}

function isOwed({ filters, fromUs }: Stay, topic: string): boolean {
  return (
    fromUs < Infinity &&
    filters.some(
      ({ filter, state }) => state === 'granted' && plain(filter) === filter && matches(filter, topic),
    )
  );
}

function messagesOf(fates: Fate[], which: (fate: Fate) => boolean): Message[] {
  return [...new Set(fates.filter(which).map(({ message }) => message))];
}

it('lost is what the broker dropped of what a subscriber that was there should have had, and no more', () => {
  const seen = { exact: 0, exactAndLost: 0, lost: 0, exactDuplicates: 0, keptAndLost: 0, backlog: 0 };
  fc.assert(
    fc.property(schedules, (schedule) => {
      const world = new NaiveWorld(schedule);
      try {
        const ledgers = world.run();
        const oracle = new Oracle(world);
        const { least, most, isExact } = oracle.bounds;
        const lost = balanceOf(ledgers).lost;
        expect(lost).toBeLessThanOrEqual(most);
        expect(lost).toBeGreaterThanOrEqual(least);
        if (isExact) expect(lost).toBe(least);
        const duplicated = world.duplicated + balanceOf(ledgers).duplicated;
        expect(duplicated).toBeLessThanOrEqual(oracle.duplicated.most);
        if (oracle.duplicated.isExact) expect(duplicated).toBe(oracle.duplicated.most);
        if (lost > 0) seen.lost++;
        if (isExact && lost > 0 && schedule.isKept && schedule.losses.length > 0) seen.keptAndLost++;
        if (world.backlog > 0) seen.backlog++;
        expect(world.imbalances).toEqual([]);
        if (!schedule.isKept) expect(world.backlog).toBe(0);
        if (isExact) seen.exact++;
        if (isExact && lost > 0) seen.exactAndLost++;
        if (oracle.duplicated.isExact && duplicated > 0) seen.exactDuplicates++;
      } finally {
        world.destroy();
      }
    }),
    { ...cases(), examples: [[LAST_BEFORE_A_CUT]] },
  );
  // It did hold something against something.
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(0);
});
