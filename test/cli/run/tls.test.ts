/** TLS as a choice of the load: which sessions devices go on with, and what of `tls` is refused. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { cli, readSummary, temporaryFolder } from '../../support/cli.ts';

const SHORT = ['devices.generate.count=20', 'connect.stages[0]={ duration: 1s, rate: 20/s }', 'hold=3s']
  .concat('broker.disconnect=[{ at: 1500ms, share: 100% }]', 'thresholds={}')
  .concat('reconnect={ policy: fixed, delay: 100ms, perMinute: 5 }');

it.each([
  ['mqtt', 'true', { full: 20, resumed: 20 }, 2],
  // With `true` it is the wire client of the X.509 tests.
  ['wire', 'false', { full: 40, resumed: 0 }, 1],
])(
  'tls-resumption.yaml with client %s and tls.resume=%s tells full and resumed handshakes apart',
  async (client, resume, { full, resumed }, workers) => {
    const out = temporaryFolder();
    const set = [...SHORT, `client=${client}`, `tls.resume=${resume}`].flatMap((each) => ['--set', each]);
    const run = ['run', 'scenarios/tls-resumption.yaml', '--workers', String(workers), ...set, '--out', out];
    const { code, stderr } = await cli([...run, '--allow-invalid', '--quiet']);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const { counters, trends, standIn } = readSummary(out);
    const counts = { tls_handshakes_full: full, tls_handshakes_resumed: resumed };
    expect(counters).toMatchObject({ ...counts, connects_ok: 20, reconnects_ok: 20 });
    expect(standIn!.counts).toMatchObject(counts);
    expect(trends.tls_full!.count).toBe(full);
    expect(trends.tls_resumed?.count ?? 0).toBe(resumed);
  },
);

it('what is wrong in `tls` is said at once, with its place and what to write', async () => {
  const file = join(temporaryFolder(), 'tls.yaml');
  writeFileSync(
    file,
    `target: mqtts://127.0.0.1:1
devices: { generate: { productKey: pk, count: 1 } }
tls:
  minVersion: 1.1
  alpn: []
  resume: sometimes
`,
  );
  const { code, stderr } = await cli(['check', file]);
  expect(code).toBe(104);
  expect(stderr).toMatch(/tls\.yaml:4:15: .*\(did you mean 1\.2\?\)/);
  expect(stderr).toMatch(/tls\.yaml:5:9: tls\.alpn is empty/);
  expect(stderr).toMatch(/tls\.yaml:6:11: .*\(valid: true, false, shared\)/);
  const crossed = await cli(['check', file, '--set', 'tls={ minVersion: 1.3, maxVersion: 1.2 }']);
  expect(crossed.stderr).toContain('is above maxVersion');
});
