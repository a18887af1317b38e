import { expect, it } from 'vitest';
import { ReplyMatcher } from '../../../../../src/load/behaviour/telemetry/reply-matcher.ts';
import { JSON_ID } from '../../../../../src/platform/json-id.ts';

const reply = (id: unknown) => Buffer.from(JSON.stringify({ id, code: 200 }));

it('gives the intended time of the message answered, once', () => {
  const matcher = new ReplyMatcher(['/reply', undefined], JSON_ID);
  matcher.expect(1, 1000, 9000);
  matcher.expect(2, 2000, 9000);
  expect(matcher.match('/reply', reply('2'))).toBe(2000);
  expect(matcher.match('/reply', reply('2'))).toBeUndefined();
  expect(matcher.match('/reply', reply('1'))).toBe(1000);
  expect(matcher.pending).toBe(0);
});

it('answers come on the topics of the plans only', () => {
  const matcher = new ReplyMatcher(['/a', '/b'], JSON_ID);
  matcher.expect(1, 1000, 9000);
  expect(matcher.match('/other', reply('1'))).toBeUndefined();
  expect(matcher.match('/b', reply('1'))).toBe(1000);
});

it.each([
  ['an unknown id', reply('99')],
  ['no id', Buffer.from('{"code":200}')],
  ['an id that is no number', reply('abc')],
  ['a list', Buffer.from('[1]')],
  ['null', Buffer.from('null')],
  ['a bare number', Buffer.from('1')],
  ['no JSON', Buffer.from([0xff, 0xfe, 0x00])],
  ['nothing', Buffer.alloc(0)],
])('%s is no answer', (_, payload) => {
  const matcher = new ReplyMatcher(['/reply'], JSON_ID);
  matcher.expect(1, 1000, 9000);
  expect(matcher.match('/reply', payload)).toBeUndefined();
  expect(matcher.pending).toBe(1);
});

it('gives up the oldest question when too many are open', () => {
  const matcher = new ReplyMatcher(['/reply'], JSON_ID);
  let id = 1;
  while (matcher.expect(id, id, 1e6) === 0) id++;
  expect(matcher.pending).toBe(id - 1);
  expect(id).toBeLessThan(100_000);
  expect(matcher.match('/reply', reply('1'))).toBeUndefined();
  expect(matcher.match('/reply', reply('2'))).toBe(2);
  expect(matcher.clear()).toBe(id - 2);
  expect(matcher.pending).toBe(0);
  expect(matcher.clear()).toBe(0);
});

it('gives up what is due and nothing else; an answer after that is none', () => {
  const matcher = new ReplyMatcher(['/reply'], JSON_ID);
  // Two plans of one device may wait for different times: the oldest question is not the first to be due.
  matcher.expect(1, 1000, 50_000);
  matcher.expect(2, 2000, 7000);
  matcher.expect(3, 3000, 8000);
  expect(matcher.expire(6999)).toBe(0);
  expect(matcher.expire(7000)).toBe(1);
  expect(matcher.match('/reply', reply('2'))).toBeUndefined();
  expect(matcher.match('/reply', reply('3'))).toBe(3000);
  expect(matcher.expire(49_999)).toBe(0);
  expect(matcher.expire(1e9)).toBe(1);
  expect(matcher.pending).toBe(0);
});
