/** Runs that sign in by tokens, which are nowhere to be read: those of a service that the platform does not know, and JWTs. */
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { runScheme } from './scheme.ts';

const CANARY = 'canary5ecret';

it('iotId and iotToken of a service over HTTP', async () => {
  const data = { iotId: `${CANARY}-id`, iotToken: `${CANARY}-token` };
  let asked = '';
  const service = createServer((request, response) => {
    request.on('data', (chunk) => (asked += chunk));
    request.on('end', () => response.end(JSON.stringify({ code: 200, data, message: CANARY })));
  });
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  const auth = `{ method: https, url: "http://127.0.0.1:${(service.address() as AddressInfo).port}" }`;
  const list = `productKey,deviceName,deviceSecret\npk,d1,${CANARY}-1\npk,d2,${CANARY}-2\n`;
  const done = await runScheme({ platform: 'aliyun', auth, list });
  service.close();
  expect(done.summary.failures).toMatchObject([{ phase: 'connack', code: 'CONNACK 3', count: 2 }]);
  const signs = [...asked.matchAll(/sign=(\w+)/g)].map(([, sign]) => sign);
  expect(signs).toHaveLength(2);
  for (const secret of [CANARY, ...signs]) expect(done.everything).not.toContain(secret);
  // Whom the stand-in names, it names by its client id: the user name is the iotId.
  expect(done.everything).toContain('"device":"pk.d1"');
});

it('JWTs that the key of a file signs let each device in', async () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  const auth = '{ method: jwt, algorithm: ES256, keyFile: key.pem, claims: { sub: "${deviceName}" } }';
  const done = await runScheme({
    platform: 'plain',
    auth,
    list: 'deviceName\nd1\nd2\nd3\n',
    files: { 'key.pem': key },
  });
  expect(done.code).toBe(0);
  expect(done.summary.counters).toMatchObject({ connects_ok: 3, connects_failed: 0 });
  expect(done.summary.scenario.signmethod).toBe('JWT ES256');
  // Neither the key nor a token.
  expect(done.everything).not.toMatch(/PRIVATE KEY|eyJ[\w-]{10,}\.eyJ/);
});
