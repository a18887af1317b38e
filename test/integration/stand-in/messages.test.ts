import type { MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type StandIn, startStandIn } from '../../../src/stand-in/stand-in.ts';
import { closed, connect, D1, D2, DEVICES, nextMessage } from './fleet.ts';

const POST = '/sys/pk/d1/thing/event/property/post';

let standIn: StandIn;
let url: string;
let device: MqttClient;
let other: MqttClient;

beforeEach(async () => {
  standIn = await startStandIn({ devices: DEVICES });
  url = standIn.urls.tcp!;
  [device, other] = await Promise.all([connect(D1, url), connect(D2, url)]);
});
afterEach(async () => {
  await Promise.all([device.endAsync(true), other.endAsync(true)]);
  await standIn.close();
});

describe('property post', () => {
  it('is answered with the same id, to the device that posted', async () => {
    await device.subscribeAsync(`${POST}_reply`);
    const reply = nextMessage(device);
    await device.publishAsync(POST, '{"id":"4711","version":"1.0","params":{"t":1}}', { qos: 1 });
    const { topic, text, qos } = await reply;
    expect(topic).toBe(`${POST}_reply`);
    expect(JSON.parse(text)).toMatchObject({ id: '4711', code: 200 });
    expect(qos).toBe(0);
    expect(standIn.counts()).toMatchObject({
      replies_sent: 1,
      messages_delivered: 1,
      publishes_received_qos1: 1,
    });
  });

  it('is answered through a wildcard subscription', async () => {
    await device.subscribeAsync('/sys/pk/d1/thing/#');
    const replies: string[] = [];
    device.on('message', (topic) => replies.push(topic));
    await device.publishAsync(POST, '{"id":"1"}', { qos: 1 });
    // The filter covers the post itself as well.
    await vi.waitFor(() => expect(replies.sort()).toEqual([POST, `${POST}_reply`]));
  });

  it('is answered with an error if it is not JSON', async () => {
    await device.subscribeAsync(`${POST}_reply`);
    const reply = nextMessage(device);
    await device.publishAsync(POST, 'not JSON', { qos: 0 });
    expect(JSON.parse((await reply).text)).toMatchObject({ code: 6207 });
  });

  it('is not answered to a device that did not subscribe', async () => {
    await device.publishAsync(POST, '{"id":"1"}', { qos: 1 });
    await device.subscribeAsync(`${POST}_reply`);
    await device.unsubscribeAsync(`${POST}_reply`);
    await device.publishAsync(POST, '{"id":"2"}', { qos: 1 });
    await device.subscribeAsync('/pk/d1/user/get');
    expect(standIn.counts()).toMatchObject({ publishes_received: 2, replies_sent: 0, messages_delivered: 0 });
  });
});

describe('topics', () => {
  it('acknowledges and counts a publish on a foreign topic, delivers it to nobody and keeps the connection', async () => {
    const heard: string[] = [];
    other.on('message', (topic) => heard.push(topic));
    await other.subscribeAsync(['/pk/d2/user/get', '/pk/d2/user/end']);
    await device.publishAsync('/pk/d2/user/get', 'from d1', { qos: 1 });
    await device.publishAsync('/pk/d2/user/get', 'from d1', { qos: 0 });
    await device.publishAsync('/pk/d1/user/update', 'own', { qos: 1 });
    await other.publishAsync('/pk/d2/user/end', 'own', { qos: 1 });
    await vi.waitFor(() => expect(heard).toEqual(['/pk/d2/user/end']));
    expect(device.connected).toBe(true);
    expect(standIn.counts()).toMatchObject({
      publishes_received: 4,
      publishes_received_qos0: 1,
      publishes_received_qos1: 3,
      publishes_unauthorized: 2,
      messages_delivered: 1,
    });
  });

  it('answers a foreign filter with 0x80, and the own one beside it with what was asked', async () => {
    const filters = { '/pk/d2/user/get': { qos: 0 }, '/pk/d1/user/get': { qos: 1 } } as const;
    await expect(device.subscribeAsync(filters)).rejects.toThrow(/Unspecified error/);
    expect(standIn.counts()).toMatchObject({ subscribes: 1, subscribes_refused: 1 });
    const message = nextMessage(device);
    await device.publishAsync('/pk/d1/user/get', 'x');
    expect((await message).text).toBe('x');
  });

  it('delivers at the QoS of the sender, whatever the subscription asked, and never as retained', async () => {
    await device.subscribeAsync('/pk/d1/user/get', { qos: 0 });
    const message = nextMessage(device);
    await device.publishAsync('/pk/d1/user/get', 'x', { qos: 1, retain: true });
    expect(await message).toMatchObject({ text: 'x', qos: 1, retain: false });
    await device.unsubscribeAsync('/pk/d1/user/get');
    await device.subscribeAsync('/pk/d1/user/get');
    await device.publishAsync('/pk/d1/user/update', 'y', { qos: 1 });
    // A retained message would have come with the second subscription.
    expect(standIn.counts().messages_delivered).toBe(1);
  });

  it('closes the connection on QoS 2', async () => {
    const gone = closed(device);
    device.publish('/pk/d1/user/update', 'x', { qos: 2 }, () => {});
    await gone;
    expect(standIn.counts()).toMatchObject({
      publishes_received_qos2: 1,
      disconnects: 1,
      connections_open: 1,
    });
    expect(other.connected).toBe(true);
  });

  it('restores the subscriptions of a persistent session, under any client id of the device', async () => {
    await device.endAsync();
    const before = await connect({ ...D1, clientId: 'one' }, url, { clean: false });
    await before.subscribeAsync('/pk/d1/user/+');
    await before.endAsync();
    device = await connect({ ...D1, clientId: 'two' }, url, { clean: false });
    const message = nextMessage(device);
    await device.publishAsync('/pk/d1/user/get', 'still heard', { qos: 1 });
    expect((await message).text).toBe('still heard');
  });
});
