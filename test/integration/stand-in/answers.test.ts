/** What the stand-in answers a device that asks, with MQTT.js: each family once, and who hears it. */
import type { MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Quotas } from '../../../src/model/scenario.ts';
import { type StandIn, startStandIn } from '../../../src/stand-in/stand-in.ts';
import { closed, connect, D1, DEVICES, optionsOf } from './fleet.ts';

let standIn: StandIn;
let device: MqttClient;
let heard: { topic: string; text: string; qos: number }[];

async function start(withTopics: boolean, quotas?: Quotas): Promise<void> {
  standIn = await startStandIn({ devices: DEVICES, quotas });
  device = await signIn(withTopics);
}

/** With `_ss=1` in its client id, or without. */
async function signIn(withTopics: boolean): Promise<MqttClient> {
  const url = standIn.urls.tcp!;
  const { clientId } = optionsOf(D1, url);
  const client = await connect(
    D1,
    url,
    withTopics ? { clientId: clientId!.replace('timestamp=', '_ss=1,timestamp=') } : {},
  );
  heard = [];
  client.on('message', (topic, payload, { qos }) => heard.push({ topic, text: payload.toString(), qos }));
  return client;
}

/** All that came before this is there when it returns: the stand-in answers in order. */
async function settled(): Promise<void> {
  await device.publishAsync('/pk/d1/user/update', 'x', { qos: 1 });
}

afterEach(async () => {
  await device.endAsync(true);
  await standIn.close();
});

describe('a device that subscribes', () => {
  beforeEach(() => start(false));

  it.each([
    ['/sys/pk/d1/thing/event/alarm/post', '/sys/pk/d1/thing/event/alarm/post_reply', '{"id":"1"}'],
    ['/sys/pk/d1/thing/deviceinfo/update', '/sys/pk/d1/thing/deviceinfo/update_reply', '{"id":"1"}'],
    ['/sys/pk/d1/thing/config/get', '/sys/pk/d1/thing/config/get_reply', '{"id":"1"}'],
    ['/sys/pk/d1/thing/model/up_raw', '/sys/pk/d1/thing/model/up_raw_reply', 'bytes'],
    ['/ext/ntp/pk/d1/request', '/ext/ntp/pk/d1/response', '{"deviceSendTime":"1"}'],
    ['/shadow/update/pk/d1', '/shadow/get/pk/d1', '{"method":"get"}'],
    ['/ota/device/request/pk/d1', '/ota/device/upgrade/pk/d1', '{"id":1,"params":{"version":"1"}}'],
  ])('to the answers of %s gets one, at QoS 0, and counted', async (topic, answerTopic, request) => {
    await device.publishAsync(topic, request, { qos: 1 });
    expect(standIn.counts().replies_sent).toBe(0);
    await device.subscribeAsync(answerTopic);
    await device.publishAsync(topic, request, { qos: 1 });
    await settled();
    expect(heard).toMatchObject([{ topic: answerTopic, qos: 0 }]);
    expect(standIn.counts()).toMatchObject({ replies_sent: 1, messages_delivered: 1 });
  });

  it('hears nothing where it wants no answer, nor of its firmware’s version', async () => {
    await device.subscribeAsync(['/sys/pk/d1/#', '/ota/device/upgrade/pk/d1']);
    await device.publishAsync('/sys/pk/d1/thing/event/property/post', '{"id":"1","sys":{"ack":0}}');
    await device.publishAsync('/ota/device/inform/pk/d1', '{"id":1,"params":{"version":"1"}}');
    await settled();
    expect(heard.map(({ topic }) => topic)).toEqual(['/sys/pk/d1/thing/event/property/post']);
    expect(standIn.counts().replies_sent).toBe(0);
  });

  it('finds its shadow as it left it', async () => {
    await device.subscribeAsync('/shadow/get/pk/d1');
    const update = '{"method":"update","state":{"reported":{"color":"red"}},"version":3}';
    await device.publishAsync('/shadow/update/pk/d1', update, { qos: 1 });
    await device.endAsync();
    device = await signIn(false);
    await device.subscribeAsync('/shadow/get/pk/d1');
    await device.publishAsync('/shadow/update/pk/d1', '{"method":"get"}');
    await settled();
    const { payload, version } = JSON.parse(heard[0]!.text);
    expect([payload.state, version]).toEqual([{ reported: { color: 'red' } }, 3]);
  });

  it('may hear what goes to its product, and of its errors, and cannot publish there', async () => {
    await device.subscribeAsync(['/broadcast/pk/news', '/ext/error/pk/d1']);
    await expect(device.subscribeAsync('/broadcast/other/news')).rejects.toThrow();
    expect(standIn.counts()).toMatchObject({ subscribes: 2, subscribes_refused: 1 });
    await device.publishAsync('/broadcast/pk/news', 'x', { qos: 1 });
    expect(standIn.counts()).toMatchObject({ publishes_unauthorized: 1, messages_delivered: 0 });
  });
});

describe('a device whose client id says _ss=1', () => {
  const POST = '/sys/pk/d1/thing/event/property/post';

  it('hears the topics of the system without a SUBSCRIBE', async () => {
    await start(true);
    await device.publishAsync(POST, '{"id":"1"}');
    await device.publishAsync('/ext/ntp/pk/d1/request', '{"deviceSendTime":"1"}');
    await device.publishAsync('/shadow/update/pk/d1', '{"method":"get"}');
    await device.publishAsync('/pk/d1/user/get', 'not one of them');
    await settled();
    expect(heard.map(({ topic }) => topic)).toEqual([
      `${POST}_reply`,
      '/ext/ntp/pk/d1/response',
      '/shadow/get/pk/d1',
    ]);
    expect(standIn.counts()).toMatchObject({ replies_sent: 3, subscribes: 0 });
  });

  it('hears none of those that it unsubscribes, until it signs in again', async () => {
    await start(true);
    await device.unsubscribeAsync(`${POST}_reply`);
    await device.publishAsync(POST, '{"id":"1"}');
    await device.publishAsync('/sys/pk/d1/thing/event/alarm/post', '{"id":"2"}');
    await settled();
    expect(heard.map(({ text }) => JSON.parse(text).id)).toEqual(['2']);
    await device.subscribeAsync(`${POST}_reply`);
    await device.publishAsync(POST, '{"id":"3"}');
    await settled();
    expect(heard.map(({ text }) => JSON.parse(text).id)).toEqual(['2', '3']);
    const gone = closed(device);
    const first = device;
    device = await signIn(true);
    await gone;
    await first.endAsync(true);
    await device.publishAsync(POST, '{"id":"4"}');
    await settled();
    expect(heard.map(({ text }) => JSON.parse(text).id)).toEqual(['4']);
  });

  it('has all its subscriptions left under a quota', async () => {
    await start(true, { subscriptions: 1 });
    expect(await device.subscribeAsync('/pk/d1/user/get')).toMatchObject([{ qos: 0 }]);
    await vi.waitFor(() => expect(standIn.counts()).toMatchObject({ subscribes: 1, subscribes_refused: 0 }));
  });
});
