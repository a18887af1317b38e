import { describe, expect, it } from 'vitest';
import { AnswerDesk } from '../../../../src/stand-in/answers/answer-desk.ts';

const DEVICE = '/pk/dn';
const EVERYTHING = { hears: (_topic: string) => true };
const desk = new AnswerDesk(() => 1_700_000_000_123);

function answerTo(topic: string, payload: string | Buffer, asker = EVERYTHING) {
  return desk.answer(topic, Buffer.from(payload), DEVICE, asker);
}

describe('AnswerDesk', () => {
  it.each([
    ['/sys/pk/dn/thing/event/property/post', '{"id":"1"}', '/sys/pk/dn/thing/event/property/post_reply'],
    ['/sys/pk/dn/thing/deviceinfo/update', '{"id":"1"}', '/sys/pk/dn/thing/deviceinfo/update_reply'],
    ['/ext/ntp/pk/dn/request', '{"deviceSendTime":"1"}', '/ext/ntp/pk/dn/response'],
    ['/shadow/update/pk/dn', '{"method":"get"}', '/shadow/get/pk/dn'],
    ['/ota/device/request/pk/dn', '{"id":1}', '/ota/device/upgrade/pk/dn'],
  ])('answers %s on its topic, to who hears that', (topic, payload, answerTopic) => {
    expect(answerTo(topic, payload)).toMatchObject({ topic: answerTopic, qos: 0 });
    expect(answerTo(topic, payload, { hears: (heard) => heard !== answerTopic })).toBe(undefined);
  });

  it.each([
    '/pk/dn/user/update',
    // A product may have such a key.
    '/sysPk/dn/thing/event/property/post',
    '/sys/pk/dn/thing/service/property/set_reply',
    '/sys/pk/dn/thing/config/push_reply',
    '/sys/pk/dn/rrpc/response/1',
    '/sys/pk/dn/thing',
    '/ota/device/inform/pk/dn',
    '/ota/device/progress/pk/dn',
    '/shadow/get/pk/dn',
    '/ext/session/pk/dn/combine/login',
    '/ext/ntp/pk/dn/request/more',
    '/shadow/update/pk/dn/more',
  ])('has nothing to say to %s', (topic) => expect(answerTo(topic, '{"id":"1"}')).toBe(undefined));

  it('tells the time as texts', () => {
    const { payload } = answerTo('/ext/ntp/pk/dn/request', '{"deviceSendTime":"100"}')!;
    expect(JSON.parse(String(payload))).toEqual({
      deviceSendTime: '100',
      serverRecvTime: '1700000000123',
      serverSendTime: '1700000000123',
    });
  });

  it.each(['', 'x', '{}', '[]', 'null', '{"deviceSendTime":null}'])('does not tell it to %j', (payload) => {
    expect(answerTo('/ext/ntp/pk/dn/request', payload)).toBe(undefined);
  });

  it('gives bytes back, in memory of their own', () => {
    const sent = Buffer.from([0, 255, 1]);
    const answer = desk.answer('/sys/pk/dn/thing/model/up_raw', sent, DEVICE, EVERYTHING)!;
    expect(answer.topic).toBe('/sys/pk/dn/thing/model/up_raw_reply');
    sent.fill(7);
    expect(answer.payload).toEqual(Buffer.from([0, 255, 1]));
  });

  it('has no firmware for who asks on the older topic', () => {
    const { payload } = answerTo('/ota/device/request/pk/dn', '{"id":1,"params":{"version":"1"}}')!;
    expect(JSON.parse(String(payload))).toEqual({
      code: 500,
      message: 'none upgrade operation of the device.',
    });
  });

  it('keeps the shadows of devices apart, also what nobody heard the answer of', () => {
    const silent = { hears: () => false };
    const update = '{"method":"update","state":{"reported":{"a":1}},"version":5}';
    expect(desk.answer('/shadow/update/pk/one', Buffer.from(update), '/pk/one', silent)).toBe(undefined);
    const stateOf = (device: string): unknown => {
      const get = Buffer.from('{"method":"get"}');
      const { payload } = desk.answer(`/shadow/update${device}`, get, device, EVERYTHING)!;
      return JSON.parse(String(payload)).payload.state;
    };
    expect(stateOf('/pk/one')).toEqual({ reported: { a: 1 } });
    expect(stateOf('/pk/two')).toEqual({});
  });
});
