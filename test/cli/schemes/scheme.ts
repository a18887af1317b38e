/** A run of a few devices of one platform against the stand-in that comes along, and whatever it said and wrote. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Summary } from '../../../src/metrics/summary.ts';
import { cli, type Finished, readSummary, temporaryFolder } from '../../support/cli.ts';
import { everythingOf } from '../../support/everything.ts';

export interface Scheme {
  platform: string;
  /** As a scenario has it, in YAML's flow form. */
  auth?: string;
  list: string;
  /** What the stand-in knows, where that is not the list. */
  known?: string;
  topic?: string;
  keepalive?: string;
  timeout?: string;
  hold?: string;
  /** Further lines of the scenario. */
  more?: string[];
  /** Other files beside the scenario. */
  files?: Record<string, string>;
  env?: Record<string, string>;
}

export interface SchemeRun extends Finished {
  summary: Summary;
  everything: string;
  folder: string;
  scenario: string;
}

/** The folder with the scenario `scenario.yaml` in it. */
export function schemeFolder({ platform, auth, list, known, topic, files = {}, ...scheme }: Scheme): string {
  const { keepalive = '300s', timeout = '10s', hold = '600ms', more = [] } = scheme;
  const folder = temporaryFolder();
  const all = { 'list.csv': list, ...(known === undefined ? {} : { 'known.csv': known }), ...files };
  for (const [name, text] of Object.entries(all)) writeFileSync(join(folder, name), text, { mode: 0o600 });
  const lines = [
    `platform: ${platform}`,
    'target: embedded',
    'devices: { file: list.csv }',
    ...(auth === undefined ? [] : [`auth: ${auth}`]),
    `connect: { stages: [{ duration: 300ms, rate: 40/s }], keepalive: ${keepalive}, timeout: ${timeout} }`,
    ...(topic === undefined
      ? []
      : [
          `subscribe: [{ topic: "${topic}" }]`,
          `publish: [{ topic: "${topic}", qos: 1, every: 200ms, payload: { size: 64B } }]`,
        ]),
    ...more,
    `hold: ${hold}`,
    'gracefulStop: 3s',
    ...(known === undefined ? [] : ['broker: { devices: known.csv }']),
  ];
  writeFileSync(join(folder, 'scenario.yaml'), `${lines.join('\n')}\n`);
  return folder;
}

export async function runScheme(scheme: Scheme): Promise<SchemeRun> {
  const folder = schemeFolder(scheme);
  const scenario = join(folder, 'scenario.yaml');
  const out = join(folder, 'out');
  mkdirSync(out);
  const run = ['run', scenario, '--workers', '1', '--allow-invalid', '--out', out];
  const finished = await cli(run, scheme.env);
  const everything = everythingOf(finished, out);
  return { ...finished, summary: readSummary(out), everything, folder, scenario };
}
