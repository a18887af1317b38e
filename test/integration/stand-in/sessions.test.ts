/** What outlasts a connection, and what reaches other sessions: bare packets, and a broker's clock in hand. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import type { IConnectPacket } from 'mqtt-packet';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Counts, zeroCounts } from '../../../src/stand-in/endpoint/counts.ts';
import { StandInEndpoint } from '../../../src/stand-in/endpoint/endpoint.ts';
import { type Manner, SignInDesk } from '../../../src/stand-in/endpoint/sign-in.ts';
import { Truth } from '../../../src/stand-in/endpoint/truth.ts';
import { ManualClock } from '../../unit/load/manual-clock.ts';
import { packet } from '../client/contract/malformed.ts';
import { D1, DEVICES } from './fleet.ts';
import { RawDevice } from './raw-device.ts';

const OWN = '/pk/d1/user/get';
const PLAIN: Manner = { platform: 'plain', auth: { method: 'none' } } as Manner;
const KEEP = { clean: false, properties: { sessionExpiryInterval: 100 } } as const;

let server: Server;
let port: number;
let clock: ManualClock;
let counts: Counts;
let endpoint: StandInEndpoint;

async function serve(manner: Manner = {}): Promise<void> {
  clock = new ManualClock();
  counts = zeroCounts();
  const desk = new SignInDesk(DEVICES, manner);
  endpoint = new StandInEndpoint(desk, counts, { clock, truth: new Truth() });
  server = createServer((stream) => endpoint.accept(stream, false)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
}
afterEach(async () => {
  endpoint.close();
  await new Promise((resolve) => server.close(resolve));
});

/** A client of the plain broker, where nobody has a password. */
function guest(clientId: string, more: Partial<IConnectPacket> = {}): Promise<RawDevice> {
  return RawDevice.open(port, D1, { clientId, username: undefined, password: undefined, ...more });
}

async function left(device: RawDevice): Promise<void> {
  const before = counts.disconnects;
  await device.cut();
  await vi.waitFor(() => expect(counts.disconnects).toBe(before + 1));
}

describe('a device of the platform', () => {
  beforeEach(() => serve());

  it.each([
    ['3.1.1', { protocolVersion: 4, clean: false } as const],
    ['5', KEEP],
  ])('is sent again what it has not acknowledged, MQTT %s', async (_version, more) => {
    const first = await RawDevice.open(port, D1, more);
    expect(await first.next('connack')).toMatchObject({ sessionPresent: false });
    await first.subscribe(OWN);
    for (const messageId of [1, 2, 3]) first.publish(OWN, `m${messageId}`, { qos: 1, messageId });
    await first.next('publish', 3);
    const [one, two, three] = first.all('publish').map(({ messageId }) => messageId);
    first.say({ cmd: 'puback', messageId: two!, reasonCode: 0 });
    await first.settled();
    await left(first);

    const again = await RawDevice.open(port, D1, more);
    expect(await again.next('connack')).toMatchObject({ sessionPresent: true });
    again.publish(OWN, 'new', { qos: 1, messageId: 9 });
    await again.next('publish', 3);
    expect(
      again.all('publish').map(({ messageId, payload, dup }) => [messageId, payload.toString(), dup]),
    ).toEqual([
      [one, 'm1', true],
      [three, 'm3', true],
      [three! + 1, 'new', false],
    ]);
    expect(counts).toMatchObject({ messages_resent: 2, messages_stored: 0, messages_delivered: 6 });
    for (const { messageId } of again.all('publish')) {
      again.say({ cmd: 'puback', messageId: messageId!, reasonCode: 0 });
    }
    await again.settled();
    await left(again);
    const last = await RawDevice.open(port, D1, more);
    await last.settled();
    expect(last.payloads).toEqual([]);
    await left(last);
  });

  it('begins anew with a clean session, and after its expiry', async () => {
    const subscribe = async (more: Partial<IConnectPacket>): Promise<boolean> => {
      const device = await RawDevice.open(port, D1, more);
      await device.subscribe(OWN);
      device.publish(OWN, 'unacknowledged', { qos: 1, messageId: 1 });
      await device.next('publish');
      await left(device);
      return (await device.next('connack')).sessionPresent;
    };
    expect(await subscribe(KEEP)).toBe(false);
    clock.advance(100e6 - 1);
    expect(await subscribe(KEEP)).toBe(true);
    clock.advance(100e6);
    const expired = await RawDevice.open(port, D1, KEEP);
    expect(await expired.next('connack')).toMatchObject({ sessionPresent: false });
    expired.publish(OWN, 'nobody hears it', { qos: 1, messageId: 1 });
    await expired.settled();
    expect(expired.payloads).toEqual([]);
    await left(expired);
    expect(await subscribe({ ...KEEP, clean: true })).toBe(false);
  });

  it('may shorten what is kept when it leaves', async () => {
    const device = await RawDevice.open(port, D1, KEEP);
    device.say({ cmd: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval: 0 } });
    await device.reason();
    const next = await RawDevice.open(port, D1, KEEP);
    expect(await next.next('connack')).toMatchObject({ sessionPresent: false });
    await left(next);
  });

  it('hears its own will on MQTT 5 when it comes back, and 3.1.1 has none', async () => {
    const will = { topic: OWN, payload: Buffer.from('was cut'), qos: 1 as const, retain: false };
    const device = await RawDevice.open(port, D1, { ...KEEP, will });
    await device.subscribe(OWN);
    await left(device);
    expect(counts).toMatchObject({ wills_sent: 1, messages_stored: 1 });
    const back = await RawDevice.open(port, D1, { ...KEEP, will });
    expect((await back.next('publish')).payload.toString()).toBe('was cut');
    back.say({ cmd: 'disconnect', reasonCode: 0 });
    await back.reason();
    await vi.waitFor(() => expect(counts.disconnects).toBe(2));
    expect(counts.wills_sent).toBe(1);
    const foreign = await RawDevice.open(port, D1, { will: { ...will, topic: '/pk/d2/user/get' } });
    await left(foreign);
    const old = await RawDevice.open(port, D1, { protocolVersion: 4, will });
    await left(old);
    expect(counts).toMatchObject({ wills_sent: 1, publishes_unauthorized: 1 });
  });

  it('is asked for its keepalive in force', async () => {
    const device = await RawDevice.open(port, D1);
    endpoint.patience.lookAtGuests(clock.nowUs() + 90e6);
    await device.settled();
    endpoint.patience.lookAtGuests(clock.nowUs() + 90e6 + 1);
    expect(await device.reason()).toBe(141);
  });
});

describe('a client of a plain broker', () => {
  beforeEach(() => serve(PLAIN));

  it('hears others at the lower QoS of the two, and 3.1.1 and 5 hear one another', async () => {
    const [four, five, sender] = await Promise.all([
      guest('four', { protocolVersion: 4 }),
      guest('five'),
      guest('sender'),
    ]);
    await four.subscribe('room/+', 0);
    await five.subscribe('room/1', 1);
    sender.publish('room/1', 'hello', { qos: 1, messageId: 1, properties: { contentType: 'text' } });
    expect(await four.next('publish')).toMatchObject({ topic: 'room/1', qos: 0 });
    const heard = await five.next('publish');
    expect(heard).toMatchObject({ topic: 'room/1', qos: 1, properties: { contentType: 'text' } });
    expect(heard.payload.toString()).toBe('hello');
    await sender.settled();
    expect(sender.payloads).toEqual([]);
    await Promise.all([four, five, sender].map((each) => each.cut()));
  });

  it('is kept what comes at QoS 1 while it is away, in order, before what is new', async () => {
    const sender = await guest('sender');
    const away = await guest('away', KEEP);
    await away.subscribe('news', 1);
    await left(away);
    for (let n = 1; n <= 3; n++) sender.publish('news', `kept ${n}`, { qos: 1, messageId: n });
    sender.publish('news', 'QoS 0', { qos: 0 });
    const expiring = { properties: { messageExpiryInterval: 30 } };
    sender.publish('news', 'short-lived', { qos: 1, messageId: 4, ...expiring });
    sender.publish('news', 'long-lived', {
      qos: 1,
      messageId: 5,
      properties: { messageExpiryInterval: 90 },
    });
    await sender.settled();
    expect(counts).toMatchObject({ messages_stored: 5, messages_dropped_away: 0 });
    clock.advance(30e6);
    const back = await guest('away', KEEP);
    sender.publish('news', 'new', { qos: 1, messageId: 6 });
    await back.next('publish', 5);
    expect(back.payloads).toEqual(['kept 1', 'kept 2', 'kept 3', 'long-lived', 'new']);
    // It says how long it still is of use.
    expect(back.all('publish')[3]!.properties).toEqual({ messageExpiryInterval: 60 });
    expect(back.all('publish').map(({ dup }) => dup)).toEqual([false, false, false, false, false]);
    expect(counts).toMatchObject({ messages_resent: 0, messages_dropped_away: 1 });
    await Promise.all([sender.cut(), back.cut()]);
  });

  it('takes its share of a group’s messages', async () => {
    const [one, two, sender] = await Promise.all([
      guest('one'),
      guest('two', { protocolVersion: 4 }),
      guest('sender'),
    ]);
    expect(await one.subscribe('$share/g/work/#')).toEqual([1]);
    expect(await two.subscribe('$share/g/work/#')).toEqual([1]);
    for (let n = 0; n < 6; n++) sender.publish('work/x', String(n));
    await sender.settled();
    await Promise.all([one.settled(), two.settled()]);
    expect([one.payloads, two.payloads].map(({ length }) => length)).toEqual([3, 3]);
    expect([...one.payloads, ...two.payloads].sort()).toEqual(['0', '1', '2', '3', '4', '5']);
    await left(one);
    for (let n = 6; n < 9; n++) sender.publish('work/x', String(n));
    await two.next('publish', 6);
    // A group wants no message kept from one of them [MQTT-3.8.3-4].
    sender.say({
      cmd: 'subscribe',
      messageId: 1,
      subscriptions: [{ topic: '$share/g/x', qos: 0, nl: true }],
    });
    expect(await sender.reason()).toBe(130);
    await two.cut();
  });

  it('leaves a will for others, after its delay, and none when it says goodbye', async () => {
    const will = { topic: 'wills', payload: Buffer.from('gone'), qos: 0 as const, retain: false };
    const watcher = await guest('watcher');
    await watcher.subscribe('wills');
    await left(await guest('old', { protocolVersion: 4, will }));
    await watcher.next('publish');
    const late = { ...will, properties: { willDelayInterval: 30 } };
    const device = await guest('late', { ...KEEP, will: late });
    await left(device);
    await watcher.settled();
    expect(watcher.payloads).toHaveLength(1);
    // Back in time: nothing had happened.
    const back = await guest('late', KEEP);
    clock.advance(30e6);
    endpoint.patience.lookOften(clock.nowUs());
    expect(counts.wills_sent).toBe(1);
    await left(back);
    await left(await guest('later', { ...KEEP, will: late }));
    clock.advance(30e6 - 1);
    endpoint.patience.lookOften(clock.nowUs());
    expect(counts.wills_sent).toBe(1);
    clock.advance(1);
    endpoint.patience.lookOften(clock.nowUs());
    expect(counts.wills_sent).toBe(2);
    await watcher.next('publish', 2);
    const polite = await guest('polite', { will });
    polite.say({ cmd: 'disconnect', reasonCode: 0 });
    await polite.reason();
    const dramatic = await guest('dramatic', { will });
    dramatic.say({ cmd: 'disconnect', reasonCode: 4 });
    await dramatic.reason();
    await watcher.next('publish', 3);
    expect(counts.wills_sent).toBe(3);
    await watcher.cut();
  });

  it('is given a client id where it has none, with which it comes back to its session', async () => {
    const nameless = await guest('', { ...KEEP, clean: true });
    const { properties } = await nameless.next('connack');
    const assigned = properties!.assignedClientIdentifier!;
    expect(assigned).not.toBe('');
    await left(nameless);
    const other = await guest('', { ...KEEP, clean: true });
    expect((await other.next('connack')).properties!.assignedClientIdentifier).not.toBe(assigned);
    const back = await guest(assigned, KEEP);
    expect(await back.next('connack')).toMatchObject({ sessionPresent: true });
    expect((await back.next('connack')).properties).not.toHaveProperty('assignedClientIdentifier');
    await Promise.all([other.cut(), back.cut()]);
    // In 3.1.1 there is no session for who has no name [MQTT-3.1.3-8].
    const old = await RawDevice.dial(port, 4);
    old.say(packet(0x10, 0, 4, 'MQTT', 4, 0, 0, 60, 0, 0));
    expect(await old.next('connack')).toMatchObject({ returnCode: 2 });
  });

  it('gets no more than a little of what it does not read', async () => {
    const slow = await guest('slow');
    await slow.subscribe('flood', 0);
    slow.pause();
    const sender = await guest('sender');
    const payload = 'x'.repeat(100_000);
    for (let n = 0; n < 300; n++) sender.publish('flood', payload);
    await sender.settled();
    expect(counts.messages_dropped_away).toBeGreaterThan(100);
    await Promise.all([slow.cut(), sender.cut()]);
  });
});
