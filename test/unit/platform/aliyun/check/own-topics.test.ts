import { describe, expect, it } from 'vitest';
import { isHeardTopic, isOwnTopic } from '../../../../../src/platform/aliyun/check/own-topics.ts';

describe('isOwnTopic', () => {
  const place = '/pk/dn';

  it.each([
    '/pk/dn/user/update',
    '/sys/pk/dn/thing/event/property/post',
    '/sys/pk/dn/rrpc/request/+',
    '/ext/ntp/pk/dn/request',
    '/ext/session/pk/dn/combine/login',
    '/ext/rrpc/+/pk/dn/user/get',
    '/ota/device/inform/pk/dn',
    '/shadow/update/pk/dn',
    '/shadow/get/pk/dn',
    '/pk/dn/#',
  ])('%s is the device’s own', (topic) => expect(isOwnTopic(topic, place)).toBe(true));

  it.each([
    '/pk/dn2/user/update',
    '/pk2/dn/user/update',
    '/pk/other/user/update',
    '/sys/pk/other/thing/event/property/post',
    '/sys/pk/+/thing/event/property/post',
    '/+/dn/user/get',
    '#',
    '/other/x/pk/dn/user',
    '/ota/device/+/pk/dn',
    'pk/dn/user',
    '$SYS/broker',
  ])('%s is not', (topic) => expect(isOwnTopic(topic, place)).toBe(false));
});

describe('isHeardTopic', () => {
  it.each(['/broadcast/pk/news', '/broadcast/pk/#', '/ext/error/pk/dn'])(
    '%s is heard, and not its own',
    (topic) => {
      expect(isHeardTopic(topic, '/pk/dn')).toBe(true);
      expect(isOwnTopic(topic, '/pk/dn')).toBe(false);
    },
  );

  it.each([
    '/broadcast/pk2/news',
    '/broadcast/+/news',
    '/broadcast/pk',
    '/ext/error/pk/other',
    '/ext/error/pk/dn/x',
    '#',
  ])('%s is not', (topic) => expect(isHeardTopic(topic, '/pk/dn')).toBe(false));
});
