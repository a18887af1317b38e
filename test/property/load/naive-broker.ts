/**
 * A fleet in several shards, of the real devices, and a broker that remembers every message: what it did with each, and who was there. Its
 * network is one connection after the other in order, unless a message is made late.
 */

import { expect } from 'vitest';
import type { VirtualDevice } from '../../../src/load/device/virtual-device.ts';
import { Devices } from '../../../src/load/devices.ts';
import { imbalances } from '../../../src/metrics/books.ts';
import type { Ledger } from '../../../src/metrics/ledger.ts';
import type { Jitter, Scenario } from '../../../src/model/scenario.ts';
import { seededRandom } from '../../../src/statistics/random.ts';
import type { FakeConnection, SentMessage } from '../../unit/load/fake-client.ts';
import { HandDrivenFleet, publishOf, scenarioOf } from '../../unit/load/fleet.ts';
import type { ManualClock } from '../../unit/load/manual-clock.ts';

const STEP_US = 1000;
/** In the header of a sized message. */
const SEQ_AT = 16;
const INTENDED_AT = 24;

export interface Schedule {
  shards: number;
  devices: number;
  /** Filters, the same for all devices. */
  subscribe: string[];
  everyMs: number;
  jitter: Jitter;
  /** When each device starts. */
  startsMs: number[];
  /** From CONNACK to each SUBACK, by device. */
  subackMs: number[];
  /** A subscription is in force when SUBSCRIBE comes, not when SUBACK goes. */
  isEarly: boolean;
  /** Which filter (by index) of which device is refused, or never answered: with 64, none. */
  refused: [device: number, filter: number][];
  unanswered: [device: number, filter: number][];
  /** Of 100 deliveries. */
  dropped: number;
  duplicated: number;
  late: number;
  /** One copy for each of the subscriptions that match, or one for all of them (MQTT 3.1.1, 3.3.5 leaves the choice). */
  copyForEach: boolean;
  /** Sessions outlive their connections, and all is of QoS 1: the broker keeps what comes for a device that is away. */
  isKept: boolean;
  losses: { device: number; atMs: number; noticedMs: number }[];
  publishMs: number;
  drainMs: number;
  seed: number;
}

export interface Message {
  sender: number;
  /** The sender's how-manieth connection. */
  connection: number;
  seq: number;
  topic: string;
  body: Buffer;
  sentUs: number;
  intendedUs: number;
}

/** From SUBSCRIBE to the end. */
export interface Stay {
  device: number;
  /** The device's how-manieth connection. */
  nth: number;
  filters: { filter: string; state: 'asked' | 'granted' | 'refused' }[];
  /** When the device took its subscriptions to be in force; Infinity if it never did. */
  fromUs: number;
  /** When the connection was lost to the broker, and when the device closed it. */
  brokenUs: number;
  closedUs: number;
}

/** What became of one copy. */
export interface Fate {
  message: Message;
  stay: Stay;
  /** By which it was picked. */
  group: string | undefined;
  /** `cut`: under way when the connection ended; `kept`: it waits for the device to be back. */
  fate: 'came' | 'dropped' | 'cut' | 'kept';
}

interface Session {
  row: number;
  nth: number;
  connection: FakeConnection;
  stay: Stay | undefined;
  /** In force at the broker. */
  filters: string[];
  isBroken: boolean;
  /** On their way to the device, and what came last; what waits for its return. */
  underWay: Fate[];
  latest: Fate | undefined;
  queue: Fate[];
}

export class NaiveWorld {
  readonly schedule: Schedule;
  readonly messages: Message[] = [];
  readonly stays: Stay[] = [];
  readonly fates: Fate[] = [];
  /** By row, how many it has had. */
  readonly connections: number[];
  /** By row, since when it has had the last of them; Infinity from when that one breaks to when there is another. */
  readonly thereSinceUs: number[];
  private readonly scenario: Scenario;
  private readonly shards: HandDrivenFleet[];
  private readonly fleets: Devices[];
  private readonly clock: ManualClock;
  private readonly startUs: number;
  private readonly sessions: (Session | undefined)[];
  private due: { atUs: number; nth: number; run: () => void }[] = [];
  private nth = 0;
  private readonly random: () => number;

  constructor(schedule: Schedule) {
    this.schedule = schedule;
    this.random = seededRandom(schedule.seed);
    const qos = schedule.isKept ? 1 : 0;
    this.scenario = scenarioOf({
      ...(schedule.isKept && { keptSession: {} }),
      subscribe: schedule.subscribe.map((topic) => ({ topic, qos })),
      publish: [
        publishOf({
          topic: 'up/${deviceName}',
          qos,
          everyUs: schedule.everyMs * 1000,
          jitter: schedule.jitter,
          payload: { kind: 'size', sizes: { kind: 'fixed', bytes: 32 } },
        }),
      ],
      reconnect: { policy: 'fixed', delayUs: 100_000, maxDelayUs: 100_000, perMinute: 1000 },
      connect: { ...scenarioOf().connect, timeoutUs: 300_000 },
    });
    this.shards = Array.from(
      { length: schedule.shards },
      () => new HandDrivenFleet(this.scenario, schedule.publishMs * 1000),
    );
    this.clock = this.shards[0]!.clock;
    this.startUs = this.clock.us;
    this.fleets = this.shards.map(({ context }) => new Devices(context));
    this.sessions = Array.from({ length: schedule.devices }, () => undefined);
    this.connections = Array.from({ length: schedule.devices }, () => 0);
    this.thereSinceUs = Array.from({ length: schedule.devices }, () => Number.POSITIVE_INFINITY);
    for (const { client } of this.shards) client.onConnect = (connection) => this.connected(connection);
  }

  /** To the end; returns what the shards say of it. */
  run(): Ledger[] {
    const { startsMs, losses, publishMs, drainMs } = this.schedule;
    for (const [row, atMs] of startsMs.entries()) {
      const shard = row % this.shards.length;
      this.after(atMs * 1000, () => this.fleets[shard]!.start(row, this.clock.us));
    }
    for (const { device, atMs, noticedMs } of losses) {
      this.after(atMs * 1000, () => this.breaks(device, noticedMs));
    }
    this.until(this.startUs + publishMs * 1000);
    for (const fleet of this.fleets) fleet.drain();
    this.until(this.clock.us + drainMs * 1000);
    for (const stay of this.stays)
      if (stay.brokenUs === Number.POSITIVE_INFINITY) stay.closedUs = this.clock.us;
    for (const fleet of this.fleets) fleet.close();
    return this.fleets.map((fleet) => fleet.ledger());
  }

  /** Over all shards, those that no shard can see left out. */
  get duplicated(): number {
    return this.shards.reduce((sum, { recorder }) => sum + recorder.counters.messages_duplicated, 0);
  }

  get received(): number {
    return this.shards.reduce((sum, { recorder }) => sum + recorder.counters.messages_received, 0);
  }

  get backlog(): number {
    return this.shards.reduce((sum, { recorder }) => sum + recorder.counters.messages_backlog, 0);
  }

  /** After the end, of messages: nobody here schedules connects. */
  get imbalances(): string[] {
    const all = this.shards.flatMap(({ recorder }) => imbalances(recorder.counters));
    return all.filter((problem) => problem.startsWith('messages'));
  }

  destroy(): void {
    for (const { recorder } of this.shards) recorder.destroy();
  }

  private after(us: number, run: () => void): void {
    this.due.push({ atUs: this.clock.us + us, nth: this.nth++, run });
  }

  private until(untilUs: number): void {
    while (this.clock.us < untilUs) {
      const us = this.clock.us + STEP_US;
      const now = this.due.filter(({ atUs }) => atUs <= us).sort((a, b) => a.atUs - b.atUs || a.nth - b.nth);
      this.due = this.due.filter(({ atUs }) => atUs > us);
      for (const { clock } of this.shards) clock.us = us;
      for (const { run } of now) run();
      for (const { wheel } of this.shards) wheel.turn();
    }
  }

  private connected(connection: FakeConnection): void {
    const { row } = connection.handler as VirtualDevice;
    const before = this.schedule.isKept ? this.sessions[row] : undefined;
    const session: Session = {
      row,
      nth: 0,
      connection,
      stay: before?.stay,
      filters: before?.filters ?? [],
      isBroken: false,
      underWay: [],
      latest: undefined,
      queue: before?.queue ?? [],
    };
    connection.subscribe = (subscriptions) =>
      this.subscribed(
        session,
        subscriptions.map(({ topic }) => topic),
      );
    connection.onPublish = (message) => this.published(session, message);
    connection.onResend = (message) => this.publishedAgain(session, message);
    this.after(2000, () => {
      session.nth = ++this.connections[row]!;
      this.thereSinceUs[row] = this.clock.us;
      this.sessions[row] = session;
      if (before?.stay !== undefined) {
        before.stay.nth = session.nth;
        before.stay.brokenUs = Number.POSITIVE_INFINITY;
      }
      connection.open(before !== undefined);
      for (const fate of session.queue.splice(0)) this.send(session, fate, 2000);
    });
  }

  private subscribed(session: Session, filters: string[]): void {
    const { row } = session;
    const { subackMs, isEarly, refused, unanswered } = this.schedule;
    const none = Number.POSITIVE_INFINITY;
    const stay: Stay = {
      device: row,
      nth: session.nth,
      filters: filters.map((filter) => ({ filter, state: 'asked' })),
      fromUs: none,
      brokenUs: none,
      closedUs: none,
    };
    session.stay = stay;
    this.stays.push(stay);
    const has = (list: [number, number][], at: number) =>
      list.some(([device, filter]) => device === row && filter === at);
    const granted = this.schedule.isKept ? 1 : 0;
    let missing = filters.length;
    for (let from = 0; from < filters.length; from += 8) {
      const batch = filters.slice(from, from + 8);
      const codes = batch.map((_, at) => (has(refused, from + at) ? 128 : granted));
      const takes = (): void => {
        const taken = batch.filter(
          (filter, at) => codes[at] === granted && !session.filters.includes(filter),
        );
        session.filters.push(...taken);
      };
      const answers = !batch.some((_, at) => has(unanswered, from + at));
      if (isEarly) this.after(1000, takes);
      this.after(1000 + subackMs[row]! * 1000 * (1 + from / 8), () => {
        if (session.isBroken) return;
        if (!isEarly) takes();
        if (!answers) return;
        for (const [at, code] of codes.entries())
          stay.filters[from + at]!.state = code === granted ? 'granted' : 'refused';
        missing -= batch.length;
        if (missing === 0) stay.fromUs = this.clock.us;
        session.connection.subackFrom(from, ...codes);
      });
    }
    // The device goes on without an answer.
    this.after(300_000, () => {
      if (session.connection.state === 'open') stay.fromUs = Math.min(stay.fromUs, this.clock.us);
    });
  }

  private published(session: Session, { topic, body, packetId }: SentMessage): void {
    const message: Message = {
      sender: session.row,
      connection: session.nth,
      seq: body.readUInt32BE(SEQ_AT),
      topic,
      body,
      sentUs: this.clock.us,
      intendedUs: body.readDoubleBE(INTENDED_AT),
    };
    this.messages.push(message);
    this.arrives(session, message, packetId);
  }

  private publishedAgain(session: Session, { body, packetId }: SentMessage): void {
    const seq = body.readUInt32BE(SEQ_AT);
    const message = this.messages.find((each) => each.sender === session.row && each.seq === seq)!;
    expect(message.body.equals(body)).toBe(true);
    this.arrives(session, message, packetId);
  }

  private arrives(session: Session, message: Message, packetId: number): void {
    this.after(2000, () => {
      if (session.isBroken) return;
      this.route(message);
      if (packetId > 0) this.after(1000, () => this.acknowledges(session, packetId));
    });
  }

  private acknowledges(session: Session, packetId: number): void {
    if (!session.isBroken && session.connection.state === 'open')
      session.connection.handler.acked(packetId, 0);
  }

  private route(message: Message): void {
    const groups = new Map<string, Session[]>();
    for (const session of this.sessions) {
      if (session === undefined) continue;
      const matching = session.filters.filter((filter) => matches(plain(filter), message.topic));
      const own = matching.filter((filter) => filter === plain(filter));
      const copies = this.schedule.copyForEach ? own.length : Math.min(1, own.length);
      for (let copy = 0; copy < copies; copy++) this.deliver(session, message);
      for (const name of new Set(matching.filter((filter) => filter !== plain(filter)))) {
        groups.set(name, [...(groups.get(name) ?? []), session]);
      }
    }
    for (const [name, members] of groups) {
      const picks = this.chance(this.schedule.duplicated) ? 2 : 1;
      for (let pick = 0; pick < picks; pick++) {
        this.deliver(members[Math.floor(this.random() * members.length)]!, message, name);
      }
    }
  }

  private deliver(session: Session, message: Message, group?: string): void {
    const { dropped, duplicated, late } = this.schedule;
    const stay = session.stay!;
    if (this.chance(dropped)) {
      this.fates.push({ message, stay, group, fate: 'dropped' });
      return;
    }
    const copies = this.chance(duplicated) ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      const us = this.chance(late) ? 2000 + Math.floor(this.random() * 100) * 1000 : 2000;
      const entry: Fate = { message, stay, group, fate: 'cut' };
      this.fates.push(entry);
      this.send(session, entry, us);
    }
  }

  private send(session: Session, entry: Fate, us: number): void {
    if (session.isBroken && this.schedule.isKept) {
      entry.fate = 'kept';
      session.queue.push(entry);
      return;
    }
    entry.fate = 'cut';
    session.underWay.push(entry);
    this.after(us, () => {
      const at = session.underWay.indexOf(entry);
      if (at === -1 || session.connection.state !== 'open' || session.isBroken) return;
      session.underWay.splice(at, 1);
      session.latest = entry;
      entry.fate = 'came';
      session.connection.deliver(entry.message.topic, entry.message.body);
    });
  }

  /** What has not come will be sent again, and at times what has, because its acknowledgement was lost. */
  private keep(session: Session): void {
    const { latest, underWay, queue } = session;
    const again = latest !== undefined && this.chance(30) ? [{ ...latest, fate: 'kept' as const }] : [];
    this.fates.push(...again);
    for (const fate of underWay) fate.fate = 'kept';
    queue.unshift(...again, ...underWay);
    session.underWay = [];
  }

  private breaks(row: number, noticedMs: number): void {
    const session = this.sessions[row];
    if (session === undefined || session.isBroken || session.connection.state !== 'open') return;
    session.isBroken = true;
    this.thereSinceUs[row] = Number.POSITIVE_INFINITY;
    if (this.schedule.isKept) this.keep(session);
    else this.sessions[row] = undefined;
    if (session.stay !== undefined) session.stay.brokenUs = this.clock.us;
    this.after(noticedMs * 1000, () => session.connection.lose());
  }

  private chance(percent: number): boolean {
    return this.random() * 100 < percent;
  }
}

export function plain(filter: string): string {
  return filter.startsWith('$share/') ? filter.split('/').slice(2).join('/') : filter;
}

/** By a regular expression, unlike the product. */
export function matches(filter: string, topic: string): boolean {
  const pattern = filter
    .replace(/[.$^()|[\]\\]/g, '\\$&')
    .replace(/\/#$/, '(/.*)?')
    .replace(/^#$/, '.*')
    .replace(/\+/g, '[^/]*');
  return new RegExp(`^${pattern}$`).test(topic);
}
