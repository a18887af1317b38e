import { describe, expect, it } from 'vitest';
import { loginContext, loginOf } from '../../../src/load/device/login.ts';
import { DeviceTableBuilder } from '../../../src/model/devices/device-table.ts';
import { SIGNMETHODS, type Signmethod, type Timestamp } from '../../../src/model/scenario.ts';
import { hmacHex } from '../../../src/platform/aliyun/signing/credentials.ts';
import type { Credentials } from '../../../src/platform/login.ts';
import { prepareLogin, SignBench, type SigningContext } from '../../../src/sign-cost/sign-bench.ts';

const EPOCH_MS = 1_700_000_000_000;

const builder = new DeviceTableBuilder();
for (let row = 0; row < 30; row++)
  builder.add('a1Product', `设备${row}`, `secret${row}`, row % 2 === 0 ? `id${row}` : '');
const devices = builder.build();

function contextOf(signmethod: Signmethod, timestamp: Timestamp) {
  const target = { kind: 'region', region: 'cn-shanghai', tls: true } as const;
  const auth = { method: 'hmac', signmethod, timestamp } as const;
  return { scenario: { auth }, devices, target };
}

/** What a run would send. */
function passwordOf({ scenario, target }: SigningContext, row: number, epochMs: number) {
  const context = loginContext({ platform: 'aliyun', ...scenario }, devices, target);
  const attempt = { enter: () => {}, took: () => {}, signal: new AbortController().signal };
  const { credentials } = loginOf(context, devices.identity(row), row, epochMs, attempt);
  return (credentials as Credentials).password!;
}

describe.each(['now', 'omit', 789] as const)('with timestamp %s', (timestamp) => {
  it.each(SIGNMETHODS)('%s: all that is timed makes the password that a run would send', (signmethod) => {
    // Another method than the arms have, which must not matter.
    const bench = new SignBench(contextOf('hmacsha256', timestamp));
    bench.prepare(28, 4, EPOCH_MS);
    const password = passwordOf(contextOf(signmethod, timestamp), 1, EPOCH_MS + 3);
    for (const kind of ['login', 'sign', 'bare'] as const)
      expect(bench.run({ id: kind, kind, signmethod }), kind).toBe(password);
    expect(bench.run({ id: 'triple', kind: 'triple', signmethod })).toBe(devices.clientId(1));
  });

  it('what is signed bare is the content and the secret of the device', () => {
    const context = contextOf('hmacsha1', timestamp);
    for (let row = 0; row < devices.count; row++) {
      const { content, secret } = prepareLogin(context, row, EPOCH_MS);
      expect(hmacHex('hmacsha1', secret, content)).toBe(passwordOf(context, row, EPOCH_MS));
      expect(secret).toBe(`secret${row}`);
    }
  });
});

it('times every login of the batch by itself', () => {
  const bench = new SignBench(contextOf('hmacsha1', 'now'));
  bench.prepare(0, 5, EPOCH_MS);
  let ns = 0;
  const times: number[] = [];
  bench.timeEachLogin(
    'hmacmd5',
    () => {
      ns += 7;
      return ns;
    },
    (took) => times.push(took),
  );
  expect(times).toEqual([7, 7, 7, 7, 7]);
});
