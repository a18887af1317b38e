import { describe, expect, it } from 'vitest';
import { parseClientId } from '../../../../../src/platform/aliyun/signing/client-id.ts';
import { VECTORS } from '../vectors.ts';

it('takes the pairs in any order, and keys that are not signed', () => {
  const parsed = parseClientId('a.b|timestamp=789,_v=x=1,securemode=2,signmethod=hmacsha256|');
  expect(parsed).toEqual({
    ok: true,
    clientId: 'a.b',
    params: new Map([
      ['timestamp', '789'],
      ['_v', 'x=1'],
      ['securemode', '2'],
      ['signmethod', 'hmacsha256'],
    ]),
  });
});

it('takes the trailing comma of the C Link SDK', () => {
  expect(parseClientId('a|securemode=3,ext=3,|')).toMatchObject({ ok: true, clientId: 'a' });
});

it.each(
  VECTORS.vectors.flatMap(({ expected }) =>
    [expected.mqttClientId, expected.publishedMqttClientId].filter((id) => id !== undefined),
  ),
)('takes %s', (id) => {
  expect(parseClientId(id)).toMatchObject({ ok: true, clientId: id.slice(0, id.indexOf('|')) });
});

it.each([
  ['letters', 'c'.repeat(64)],
  ['characters outside the basic plane', '😀'.repeat(64)],
])('takes 64 %s and not 65', (_, id) => {
  expect(parseClientId(`${id}|securemode=2|`)).toMatchObject({ ok: true, clientId: id });
  expect(parseClientId(`${id}x|securemode=2|`)).toMatchObject({
    ok: false,
    problem: expect.stringContaining('65 of 64'),
  });
});

describe('takes what SDKs and people send', () => {
  it.each<[string, string, string, Record<string, string>]>([
    ['no id', '|securemode=3|', '', { securemode: '3' }],
    ['a | in a value (mini programs)', 'x|lan=JS|WX,_v=1.2.8|', 'x', { lan: 'JS|WX', _v: '1.2.8' }],
    ['a | and a space (browsers)', 'x|lan=JS|Broswer ,gw=0|', 'x', { lan: 'JS|Broswer', gw: '0' }],
    [
      'line breaks (the older JS SDK)',
      'x|securemode=3,\n        signmethod=hmacsha1,\r\n  timestamp=1|',
      'x',
      { securemode: '3', signmethod: 'hmacsha1', timestamp: '1' },
    ],
    ['spaces about everything', 'x| securemode = 3 , ext = 1 |', 'x', { securemode: '3', ext: '1' }],
    ['a space in a value', 'x|_v=my device|', 'x', { _v: 'my device' }],
    ['spaces in the id, which are its own', ' x |gw=0|', ' x ', { gw: '0' }],
    ['an empty extension', 'x||', 'x', {}],
    ['a key without value', 'x|lan=|', 'x', { lan: '' }],
    ['a word', 'x|foo|', 'x', { foo: '' }],
    ['a value without key', 'x|=3,gw=0|', 'x', { gw: '0' }],
    ['commas too many', 'x|,securemode=3,,ext=3,,|', 'x', { securemode: '3', ext: '3' }],
    ['a third bar', 'x|securemode=3||', 'x', { securemode: '3|' }],
    ['a key given twice', 'x|ext=1,ext=3|', 'x', { ext: '3' }],
  ])('%s', (_, id, clientId, params) => {
    const parsed = parseClientId(id);
    expect(parsed).toEqual({ ok: true, clientId, params: new Map(Object.entries(params)) });
  });
});

it.each([
  ['no extension part', '12345', 'no |k=v,...| part'],
  ['nothing at all', '', 'no |k=v,...| part'],
  ['no closing bar', '12345|securemode=3', 'closing |'],
  ['a bar in a value and no closing one', '12345|lan=JS|WX', 'closing |'],
  ['text after the closing bar', '12345|securemode=3|x', 'closing |'],
  ['a line break after the closing bar', '12345|securemode=3|\n', 'closing |'],
])('refuses %s', (_, id, problem) => {
  expect(parseClientId(id)).toEqual({ ok: false, problem: expect.stringContaining(problem) });
});
