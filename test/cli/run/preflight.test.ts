/** The preflight through the door: what this machine cannot carry is refused with the numbers, and with --force fails in just that way. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectBalanced } from '../../support/books.ts';
import { cli, readSummary, temporaryFolder, ulimit } from '../../support/cli.ts';
import { NAMESPACES, NO_NAMESPACES, namespacesMustWorkInCi, openNamespace } from '../../support/namespace.ts';

/** A second of connects, against the stand-in. */
function scenarioOf(devices: number, more = ''): { file: string; out: string } {
  const folder = temporaryFolder();
  const file = join(folder, 'preflight.yaml');
  writeFileSync(
    file,
    `target: embedded
devices: { generate: { productKey: a1Preflight, count: ${devices} } }
connect: { stages: [{ duration: 1s, rate: ${devices}/s }], timeout: 5s }
hold: 1s
${more}`,
  );
  return { file, out: join(folder, 'out') };
}

describe.concurrent('under ulimit -n 256', () => {
  const under = ulimit('n', 256);

  it('a thousand devices are refused, with the numbers, before anything is opened', async () => {
    const { file, out } = scenarioOf(1000);
    const { code, stdout, stderr } = await cli(['run', file, '--out', out], {}, under);
    expect(code).toBe(113);
    expect(stdout).toBe('');
    expect(existsSync(out)).toBe(false);
    expect(stderr).toMatch(
      /^descriptors: 1,0\d\d needed, 2\d\d there \(a process may have 256 files open: raise/m,
    );
    expect(stderr).toMatch(/^stand-in’s descriptors: 1,0\d\d needed, 256 there/m);
    expect(stderr).toContain('2 problems; nothing was opened; --force runs anyway');
  });

  it.each(['mqtt', 'wire'])(
    'with --force those beyond fail for want of descriptors, and the report is whole (%s)',
    async (client) => {
      const { file, out } = scenarioOf(300);
      const args = ['run', file, '--out', out, '--force', '--allow-invalid', '--client', client];
      const { code, stderr } = await cli(args, {}, under);
      expect(stderr).toMatch(/^warning: descriptors: 3\d\d needed, 2\d\d there/m);
      expect(code).toBe(0);
      const { counters, failures } = readSummary(out);
      expect(counters.connects_ok).toBeGreaterThan(150);
      expect(counters.connects_failed).toBe(300 - counters.connects_ok);
      expect(failures).toMatchObject([
        { phase: 'tcp', kind: 'no-descriptors', code: 'EMFILE', hint: expect.stringContaining('ulimit -n') },
      ]);
      expectBalanced(out);
      expect(readdirSync(out)).toEqual(expect.arrayContaining(['run.log', 'summary.json']));
      expect(readdirSync(out).filter((name) => name.includes('partial'))).toEqual([]);
    },
  );

  it('what it says is needed is enough', async () => {
    const { file, out } = scenarioOf(300);
    const refused = await cli(['run', file, '--out', out], {}, under);
    const enough = Math.max(
      ...[...refused.stderr.matchAll(/raise that to (\d+)/g)].map(([, n]) => Number(n)),
    );
    const { code } = await cli(['run', file, '--out', out, '--allow-invalid'], {}, ulimit('n', enough));
    expect(code).toBe(0);
    expect(readSummary(out).counters.connects_ok).toBe(300);
  });

  it('check says so in its table and exits 113', async () => {
    const { code, stdout } = await cli(['check', scenarioOf(1000).file], {}, under);
    expect(code).toBe(113);
    expect(stdout).toMatch(/^descriptors +1,0\d\d +2\d\d +exceeded$/m);
    expect(stdout).toMatch(/^source ports +1,000 +\d\d,\d\d\d +(ok|tight)$/m);
    expect(stdout).toMatch(/^ {2}descriptors: a process may have 256 files open/m);
  });
});

describe.concurrent('in a network namespace with 31 source ports', () => {
  namespacesMustWorkInCi();

  const run = async (devices: number, more: string, ...flags: string[]) => {
    const { file, out } = scenarioOf(devices, more);
    // Each run in one of its own: ports of the last would still be in TIME_WAIT.
    const namespace = openNamespace('50000 50030');
    try {
      const finished = await cli(
        ['run', file, '--out', out, '--allow-invalid', ...flags],
        {},
        namespace.under,
      );
      return { ...finished, out };
    } finally {
      namespace.close();
    }
  };

  it.skipIf(!NAMESPACES)(`sixty devices are refused; ${NO_NAMESPACES} otherwise`, async () => {
    const { code, stderr, out } = await run(60, '');
    expect(code).toBe(113);
    // The stand-in listens on one of the 31.
    expect(stderr).toContain('source ports: 60 needed, 30 there (');
    expect(stderr).toContain('give 2 of them in localAddresses');
    expect(existsSync(out)).toBe(false);
  });

  it.skipIf(!NAMESPACES)(
    `with --force those beyond fail for want of ports; ${NO_NAMESPACES} otherwise`,
    async () => {
      const { code, out } = await run(60, '', '--force');
      expect(code).toBe(0);
      const { counters, failures } = readSummary(out);
      expect(counters.connects_ok).toBeLessThanOrEqual(30);
      expect(counters.connects_ok).toBeGreaterThan(15);
      expect(failures).toMatchObject([
        {
          phase: 'tcp',
          kind: 'no-ports',
          code: 'EADDRNOTAVAIL',
          count: 60 - counters.connects_ok,
          hint: expect.stringContaining('localAddresses'),
        },
      ]);
      expectBalanced(out);
    },
  );

  it.skipIf(!NAMESPACES)(`two local addresses have room for them; ${NO_NAMESPACES} otherwise`, async () => {
    const { code, stderr, out } = await run(60, 'localAddresses: [127.0.0.2, 127.0.0.3]\n');
    expect(stderr).not.toContain('source ports');
    expect(code).toBe(0);
    expect(readSummary(out).counters.connects_ok).toBe(60);
  });
});

it('check prints what is needed, what is there and the verdict', async () => {
  const { code, stdout, stderr } = await cli(['check', scenarioOf(20, 'localAddresses: [127.0.0.2]\n').file]);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  for (const subject of [
    'descriptors',
    'stand-in’s descriptors',
    'source ports',
    'local addresses',
    'memory',
    'CPU',
  ]) {
    expect(stdout).toMatch(new RegExp(`^${subject} .* (ok|tight)$`, 'm'));
  }
});
