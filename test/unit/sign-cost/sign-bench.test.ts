import { describe, expect, it } from 'vitest';
import { loginOf } from '../../../src/load/device/login.ts';
import { DeviceTableBuilder } from '../../../src/model/devices/device-table.ts';
import { SIGNMETHODS, type Signmethod, type Timestamp } from '../../../src/model/scenario.ts';
import { prepareLogin, SignBench } from '../../../src/sign-cost/sign-bench.ts';

const EPOCH_MS = 1_700_000_000_000;

const builder = new DeviceTableBuilder();
for (let row = 0; row < 30; row++)
  builder.add('a1Product', `设备${row}`, `secret${row}`, row % 2 === 0 ? `id${row}` : '');
const devices = builder.build();

function contextOf(signmethod: Signmethod, timestamp: Timestamp) {
  const target = { kind: 'region', region: 'cn-shanghai', tls: true } as const;
  return { scenario: { auth: { signmethod, timestamp } }, devices, target };
}

describe.each(['now', 'omit', 789] as const)('with timestamp %s', (timestamp) => {
  it.each(SIGNMETHODS)('%s: all that is timed makes the password that a run would send', (signmethod) => {
    // Another method than the arms have, which must not matter.
    const bench = new SignBench(contextOf('hmacsha256', timestamp));
    bench.prepare(28, 4, EPOCH_MS);
    const { credentials } = loginOf(contextOf(signmethod, timestamp), 1, EPOCH_MS + 3);
    for (const kind of ['login', 'sign', 'bare'] as const)
      expect(bench.run({ id: kind, kind, signmethod }), kind).toBe(credentials.password);
    expect(bench.run({ id: 'triple', kind: 'triple', signmethod })).toBe(devices.clientId(1));
  });

  it('what is signed bare is the content and the secret of the device', () => {
    const context = contextOf('hmacsha1', timestamp);
    for (let row = 0; row < devices.count; row++) {
      const { content, secret } = prepareLogin(context, row, EPOCH_MS);
      expect(content).toBe(loginOf(context, row, EPOCH_MS).credentials.content);
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
