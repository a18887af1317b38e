import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openRunLog } from '../../../../src/app/record/run-log.ts';
import { FleetError } from '../../../../src/model/errors.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mqtt-fleet-log-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('has its name only when it is whole', () => {
  const { log, close } = openRunLog(folder);
  log.info({ reason: 'SIGINT' }, 'stopping');
  expect(readdirSync(folder)).toEqual(['.run.log.partial']);
  close();
  expect(readdirSync(folder)).toEqual(['run.log']);
  const lines = readFileSync(join(folder, 'run.log'), 'utf8').trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { msg: 'opened', name: 'mqtt-fleet' },
    { msg: 'stopping', reason: 'SIGINT' },
  ]);
});

it('says where it could not be written', () => {
  const there = join(folder, 'not-there');
  expect(() => openRunLog(there)).toThrow(FleetError);
  expect(() => openRunLog(there)).toThrow(`could not write ${there}`);
});
