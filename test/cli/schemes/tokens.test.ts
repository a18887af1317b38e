/** Tokens that somebody else gave out, and that the platform does not know: refused, and nowhere to be read. */
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

it('deviceTokens of a list', async () => {
  const list = `productKey,deviceName,clientId,deviceToken\npk,d1,c1,${CANARY}-1\npk,d2,c2,${CANARY}-2\n`;
  const known = list.replace(`${CANARY}-2`, `${CANARY}-x`);
  const done = await runScheme({ platform: 'aliyun', auth: 'token', list, known });
  expect(done.summary.counters).toMatchObject({ connects_ok: 1, connects_failed: 1 });
  expect(done.summary.failures).toMatchObject([{ phase: 'connack', code: 'CONNACK 4', examples: ['d2'] }]);
  expect(done.everything).not.toContain(CANARY);
});
