import { expect, it } from 'vitest';
import { parseListenAddress } from '../../../../src/app/watch/listen-address.ts';

it.each([
  ['127.0.0.1:9464', { host: '127.0.0.1', port: 9464 }],
  ['localhost:0', { host: 'localhost', port: 0 }],
  ['[::1]:65535', { host: '::1', port: 65_535 }],
])('%s is an address', (text, address) => {
  expect(parseListenAddress(text)).toEqual(address);
});

it.each([
  '',
  '9464',
  ':9464',
  '127.0.0.1',
  '127.0.0.1:',
  '127.0.0.1:65536',
  '127.0.0.1:-1',
  '127.0.0.1:94.6',
  '::1:9464',
  '[]:9464',
  '[::1]',
  'http://127.0.0.1:9464',
  '127.0.0.1:9464/metrics',
  'a b:9464',
])('"%s" is none', (text) => {
  expect(parseListenAddress(text)).toBeUndefined();
});
