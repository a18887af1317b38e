import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { nsOfSpeed, opensslSpeed } from '../../../src/sign-cost/openssl-speed.ts';

it.each([
  ['+H:78\n+F:9:hmac(sha1):285518303.57\n', 273.2],
  ['+H:16:64\n+F:9:hmac(sha1):1.5:2.5\n', undefined],
  ['+H:78\n', undefined],
  ['speed: nosuch is an unknown digest\n', undefined],
  ['', undefined],
])('reads %j', (output, ns) => {
  expect(nsOfSpeed(output)).toBe(ns);
});

/** Speaks as openssl does, and knows no MD5. */
const FAKE = `#!/bin/sh
[ "$1" = version ] && echo 'OpenSSL 3.0.0 1 Jan 2026 (Library: OpenSSL 3.0.0 1 Jan 2026)' && exit
case "$*" in *md5*) echo 'unknown digest' >&2; exit 1;; esac
[ "$*" = 'speed -mr -seconds 1 -bytes 80 -hmac sha1' ] && printf '+H:80\\n+F:9:hmac(sha1):320000000.00\\n'
exit 0
`;

it('asks for each method, with the bytes that are signed', async () => {
  const program = join(mkdtempSync(join(tmpdir(), 'mqtt-fleet-test-')), 'openssl');
  writeFileSync(program, FAKE);
  chmodSync(program, 0o755);
  expect(await opensslSpeed(['hmacsha1', 'hmacmd5'], 80, program)).toEqual({
    version: 'OpenSSL 3.0.0 1 Jan 2026',
    ns: { hmacsha1: 250 },
  });
});

it('is nothing where there is no openssl', async () => {
  expect(await opensslSpeed(['hmacsha1'], 80, '/nowhere/openssl')).toBeNull();
});
