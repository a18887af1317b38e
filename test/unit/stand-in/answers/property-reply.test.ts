import { describe, expect, it } from 'vitest';
import { postedEvent, replyTo } from '../../../../src/stand-in/answers/property-reply.ts';

describe('postedEvent', () => {
  it.each([
    ['/sys/pk/dn/thing/event/property/post', 'property'],
    ['/sys/pk/dn/thing/event/alarm/post', 'alarm'],
    ['/sys/pk/dn/thing/event/property/post_reply', undefined],
    ['/sys/pk/dn/thing/event/post', undefined],
    ['/sys/pk/dn/thing/event/a/b/post', undefined],
    ['/sys/pk/other/thing/event/property/post', undefined],
    ['/pk/dn/user/update', undefined],
  ])('%s → %s', (topic, event) => expect(postedEvent(topic, '/pk/dn')).toBe(event));
});

describe('replyTo', () => {
  it('repeats the id', () => {
    expect(JSON.parse(replyTo('property', '{"id":"17","params":{}}'))).toEqual({
      id: '17',
      code: 200,
      data: {},
      message: 'success',
      method: 'thing.event.property.post',
      version: '1.0',
    });
  });

  it.each(['', 'x', '{"id":', '"text"', 'null'])(
    'answers %j with the code of what is not JSON',
    (payload) => {
      expect(JSON.parse(replyTo('property', payload))).toMatchObject({ id: '', code: 6207 });
    },
  );

  it.each(['{}', '{"id":null}', '{"id":{}}', '[]'])(
    'answers %s with the code of a bad parameter',
    (payload) => {
      expect(JSON.parse(replyTo('property', payload))).toMatchObject({ id: '', code: 460 });
    },
  );
});
