/** The gate of a pipeline: the scenario that ships for it, run by the very lines of the recipes in src/cli/README.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { cli, ROOT, readSummary, temporaryFolder } from '../support/cli.ts';
import { readJUnit } from '../support/junit.ts';

const README = readFileSync(join(ROOT, 'src/cli/README.md'), 'utf8');
const SECTION = README.slice(README.indexOf('\n## In CI\n'), README.indexOf('\n## All flags\n'));

interface GitHubStep {
  uses?: string;
  run?: string;
  if?: string;
  with?: Record<string, unknown>;
}

function recipes() {
  const [github, gitlab] = [...SECTION.matchAll(/```yaml\n(.*?)```/gs)].map((block) => parse(block[1]!));
  const steps: GitHubStep[] = github.jobs.smoke.steps;
  return { steps, gitlab: gitlab['load-test'] };
}

const { steps, gitlab } = recipes();
const lines = steps.flatMap(({ run }) => run ?? []);
const command = lines.at(-1)!.split(' ');
const out = command[command.indexOf('--out') + 1]!;

describe('the recipes', () => {
  it('do the same in both, with scripts that there are', () => {
    expect(gitlab.script).toEqual(lines);
    expect(lines.slice(0, -1)).toEqual(['npm ci', 'npm run build']);
    const { scripts, bin } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(Object.keys(scripts)).toContain('build');
    expect(command.slice(0, 3)).toEqual(['node', bin['mqtt-fleet'], 'run']);
  });

  it('keep the report of a run that failed', () => {
    const upload = steps.find(({ uses }) => uses?.startsWith('actions/upload-artifact'));
    expect(upload).toMatchObject({ if: '${{ !cancelled() }}', with: { path: out } });
    expect(gitlab.artifacts).toMatchObject({ when: 'always', paths: [out] });
    expect(gitlab.artifacts.reports.junit).toBe(`${out}/junit.xml`);
  });
});

/** As in the recipes, but where this machine may be busy and the report is nobody else's. */
async function smoke(...more: string[]) {
  const folder = join(temporaryFolder(), 'out');
  const args = command.slice(2).map((arg) => (arg === out ? folder : arg));
  return { folder, ...(await cli([...args, '--allow-invalid', ...more])) };
}

describe('the gate', () => {
  it('opens where all is well', async () => {
    const { code, folder, stdout } = await smoke();
    expect(stdout).toContain('100 ok');
    expect(code).toBe(0);
    const suite = readJUnit(readFileSync(join(folder, 'junit.xml'), 'utf8'));
    expect(suite).toMatchObject({ name: 'ci-smoke', failures: 0, errors: 0 });
    expect(suite.cases.length).toBe(readSummary(folder).thresholds.length + 5);
  });

  it('closes before its time where sign-ins are refused', async () => {
    const list = join(temporaryFolder(), 'others.csv');
    writeFileSync(list, 'productKey,deviceName,deviceSecret\npk,d1,s1\n');
    const { code, folder } = await smoke('--set', `broker.devices=${list}`);
    expect(code).toBe(99);
    const { outcome, counters, thresholds } = readSummary(folder);
    expect(outcome).toEqual({ state: 'aborted', reason: 'threshold connects_failed share < 10% failed' });
    expect(counters.connects_cancelled, 'it did not wait for all to be refused').toBeGreaterThan(0);
    const { failures, cases } = readJUnit(readFileSync(join(folder, 'junit.xml'), 'utf8'));
    // That it was ended, and that nothing connected.
    expect(failures).toBe(2 + thresholds.filter(({ verdict }) => verdict !== 'pass').length);
    const { problem } = cases.find(({ name }) => name === 'connects_failed share < 10%')!;
    expect(problem?.text).toMatch(/^was (1|0\.\d+), which ended the run$/);
  });
});
