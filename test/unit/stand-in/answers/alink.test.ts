import { describe, expect, it } from 'vitest';
import { alinkAnswer } from '../../../../src/stand-in/answers/alink.ts';

function ask(name: string, request: object | string): Record<string, unknown> | undefined {
  const answer = alinkAnswer(name, typeof request === 'string' ? request : JSON.stringify(request));
  return answer === undefined ? undefined : JSON.parse(answer);
}

describe('an Alink request', () => {
  it.each([
    ['event/property/post', 'thing.event.property.post'],
    ['event/alarm/post', 'thing.event.alarm.post'],
    ['event/property/batch/post', 'thing.event.property.batch.post'],
    ['log/post', 'thing.log.post'],
    ['job/get', 'thing.job.get'],
  ])('on %s is answered with its id, and its method', (name, method) => {
    expect(ask(name, { id: '17', params: {} })).toEqual({
      id: '17',
      code: 200,
      data: {},
      message: 'success',
      method,
      version: '1.0',
    });
  });

  it.each(['9007199254740993', 17, 'a|exp-topic|/sys/x'])('has the id %j of any form back', (id) => {
    expect(ask('event/property/post', { id })).toMatchObject({ id });
  });

  it.each(['', 'x', '{"id":', '"text"', 'null'])('%j gets the code of what is not JSON', (payload) => {
    expect(ask('event/property/post', payload)).toMatchObject({ id: '', code: 6207 });
  });

  it.each(['{}', '{"id":null}', '{"id":{}}', '[]'])('%s gets the code of a bad parameter', (payload) => {
    expect(ask('event/property/post', payload)).toMatchObject({ id: '', code: 460 });
  });

  it.each([
    [{ ack: 0 }, undefined],
    [{ ack: 1 }, 200],
    [{}, 200],
    [null, 200],
    ['0', 200],
  ])('with sys %j', (sys, code) => expect(ask('event/property/post', { id: '1', sys })?.code).toBe(code));
});

describe('a request of its own kind', () => {
  it.each([
    ['property/desired/get', ['power'], 200],
    ['property/desired/get', [], 200],
    ['property/desired/get', ['power', 1], 460],
    ['property/desired/get', { power: {} }, 460],
    ['property/desired/get', undefined, 460],
    ['property/desired/delete', { power: { version: 1 } }, 200],
    ['property/desired/delete', ['power'], 460],
    ['deviceinfo/update', [{ attrKey: 'a', attrValue: 'b' }], 200],
    ['deviceinfo/update', [{ attrKey: 'a' }], 460],
    ['deviceinfo/update', [null], 460],
    ['deviceinfo/update', { attrKey: 'a', attrValue: 'b' }, 460],
    ['deviceinfo/update', Array.from({ length: 201 }, () => ({ attrKey: 'a', attrValue: 'b' })), 460],
    ['deviceinfo/delete', [{ attrKey: 'a' }], 200],
    ['deviceinfo/delete', [{ attrValue: 'a' }], 460],
  ])('%s with params %j gets %i and no data', (name, params, code) => {
    expect(ask(name, { id: '1', params })).toMatchObject({ code, data: {} });
  });

  it('for the configuration: there is none', () => {
    const params = { configScope: 'product', getType: 'file' };
    expect(ask('config/get', { id: '1', params })).toMatchObject({ code: 6710, message: 'no data' });
  });

  it('for firmware: there is none', () => {
    expect(ask('ota/firmware/get', { id: '1', params: {} })).toMatchObject({
      code: 500,
      message: 'none upgrade operation of the device.',
    });
  });

  it('for the topology: there is nobody below', () => {
    expect(ask('topo/get', { id: '1', params: {} })).toMatchObject({ code: 200, data: [] });
  });
});
