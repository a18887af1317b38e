import { describe, expect, it } from 'vitest';
import { AUTOMATIC } from '../../../../src/platform/aliyun/check/automatic-topics.ts';
import { AutomaticSubscription } from '../../../../src/stand-in/sessions/automatic-topics.ts';

const DEVICE = '/pk/dn';

describe('AUTOMATIC', () => {
  it.each([
    ['x|securemode=3,signmethod=hmacsha1,_ss=1|', true],
    ['x|timestamp=1,_ss=1,_v=sdk-c-4.1.0,securemode=3,signmethod=hmacsha256,ext=3,|', true],
    ['x|_ss=1\n|', true],
    ['x|_ss=0|', false],
    ['x|_ss=|', false],
    ['x|a_ss=1|', false],
    ['_ss=1|securemode=3|', false],
    ['x_ss=1', false],
  ])('%j asks for it: %j', (mqttClientId, isAsked) => expect(AUTOMATIC.isAsked(mqttClientId)).toBe(isAsked));

  it('looks at topics as its own filters would', () => {
    for (const filter of AUTOMATIC.filters(DEVICE)) {
      const topic = filter.replace('+', 'x').replace('#', 'x/y');
      expect(AUTOMATIC.includes(topic, DEVICE)).toBe(true);
      expect(AUTOMATIC.includes(topic.replace('/pk/dn', '/pk/other'), DEVICE)).toBe(false);
      expect(AUTOMATIC.includes(`${topic}x/y/z`, DEVICE)).toBe(filter.endsWith('#'));
    }
  });

  it.each([
    '/pk/dn/user/get',
    '/sys/pk/dn/thing/event/property/post',
    '/sys/pk/dn/thing/event/a/b/post_reply',
    '/sys/pk/dn/thing/event//post_reply',
    '/sys/pk/dn/thing/service/a/b',
    '/sys/pk/dn/thing/lan/',
    '/shadow/update/pk/dn',
    '/ota/device/inform/pk/dn',
    '/ext/ntp/pk/dn/request',
    '/ext/ntp/pk/dn2/response',
    '',
  ])('%j is not of them', (topic) => expect(AUTOMATIC.includes(topic, DEVICE)).toBe(false));
});

describe('AutomaticSubscription', () => {
  const POST_REPLY = '/sys/pk/dn/thing/event/property/post_reply';
  const ALARM_REPLY = '/sys/pk/dn/thing/event/alarm/post_reply';

  it.each([
    ['one topic of a filter', POST_REPLY, [false, true]],
    ['a whole filter', '/sys/pk/dn/thing/event/+/post_reply', [false, false]],
    ['a filter that is none of them', '/sys/pk/dn/#', [true, true]],
    ['another topic', '/pk/dn/user/get', [true, true]],
  ])('ends %s', (_, filter, expected) => {
    const subscription = new AutomaticSubscription(AUTOMATIC, DEVICE);
    expect([POST_REPLY, ALARM_REPLY].map((topic) => subscription.hears(topic))).toEqual([true, true]);
    subscription.unsubscribe(filter);
    subscription.unsubscribe(filter);
    expect([POST_REPLY, ALARM_REPLY].map((topic) => subscription.hears(topic))).toEqual(expected);
    expect(subscription.hears('/shadow/get/pk/dn')).toBe(true);
  });

  it('remembers no more ends than there are topics to end, by far', () => {
    const subscription = new AutomaticSubscription(AUTOMATIC, DEVICE);
    const endedOf = (count: number): number =>
      Array.from({ length: count }, (_, n) => subscription.unsubscribe(`/sys/pk/dn/thing/lan/${n}`)).filter(
        Boolean,
      ).length;
    expect(endedOf(1_500)).toBe(1_000);
    expect(endedOf(10)).toBe(0);
    expect(subscription.hears(POST_REPLY)).toBe(true);
  });
});
