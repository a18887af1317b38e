import { expect, it } from 'vitest';
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

it.each([
  ['no extension part', '12345', 'no |k=v,...| part'],
  ['nothing at all', '', 'no |k=v,...| part'],
  ['no closing bar', '12345|securemode=3', 'closing |'],
  ['text after the closing bar', '12345|securemode=3|x', 'follows'],
  ['a third bar', '12345|securemode=3||', 'follows'],
  ['no id', '|securemode=3|', 'empty'],
  ['a space', '12345|securemode=3, signmethod=hmacmd5|', 'space'],
  ['an empty extension', '12345||', 'key=value'],
  ['a key without value', '12345|securemode=|', 'key=value'],
  ['a value without key', '12345|=3|', 'key=value'],
  ['a word', '12345|securemode|', 'key=value'],
  ['two commas', '12345|securemode=3,,ext=3|', 'key=value'],
  ['two trailing commas', '12345|securemode=3,,|', 'key=value'],
  ['a key given twice', '12345|securemode=3,securemode=2|', 'twice'],
])('refuses %s', (_, id, problem) => {
  expect(parseClientId(id)).toEqual({ ok: false, problem: expect.stringContaining(problem) });
});
