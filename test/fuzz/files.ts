/** Device lists and the folders that runs leave. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { replayRun } from '../../src/app/record/replay-run.ts';
import { formatProblem } from '../../src/model/errors.ts';
import type { JournalEntry } from '../../src/report/journal/entry.ts';
import { JOURNAL } from '../../src/report/journal/journal.ts';
import { jsonLine } from '../../src/report/journal/json-line.ts';
import { readRun } from '../../src/report/run/read-run.ts';
import { recordFiles, renderedFiles } from '../../src/report/run/run-files.ts';
import { readDevices } from '../../src/scenario/devices/device-list.ts';
import { madeRun } from '../support/made-runs.ts';
import { snapshotOf } from '../unit/metrics/snapshots.ts';
import { headOfTwo } from '../unit/report/journal/journals.ts';
import type { Campaign } from './campaign.ts';
import type { Chance } from './chance.ts';
import { CANARY, reading, writeCase } from './texts.ts';

const LISTS: [string, string][] = [
  ['csv', `productKey,deviceName,deviceSecret\npk,d1,${CANARY}\npk,d2,${CANARY}\n`],
  ['csv', `DeviceName,DeviceSecret,ProductKey,Status\r\n"d""1",${CANARY},pk,online\r\n`],
  ['json', `[{"productKey":"pk","deviceName":"d1","deviceSecret":"${CANARY}","x":[1,"]"]}]`],
  ['jsonl', `{"productKey":"pk","deviceName":"d1","deviceSecret":"${CANARY}"}\n{"productKey":"pk"}\n`],
];
const WORDS = [
  ',',
  '\n',
  '"',
  ';',
  '\t',
  '{',
  '}',
  '[',
  ']',
  ':',
  'productKey',
  '\\u0000',
  '产品Key',
  'null',
  'sep=;\n',
];

export function deviceLists(folder: string): Campaign {
  return {
    name: 'device lists',
    share: 0.15,
    attack: async (chance, nth) => {
      const [ending, sound] = chance.of(LISTS);
      const text = chance.spoiledText(sound, WORDS);
      const content = chance.is(0.2) ? chance.spoiledBytes(Buffer.from(text)) : text;
      const file = writeCase(folder, `l${nth % 8}.${ending}`, content);
      const { devices, problems } = await readDevices({ kind: 'file', file }, { shownAs: 'list' });
      // The text of a list is spoiled at random, so a piece of the secret may be a name by then; the whole of it may not be told.
      const told = problems.map(formatProblem).join('\n');
      if (told.includes(CANARY)) throw new Error(`a problem tells a secret: ${told}`);
      if (problems.length === 0 && devices.count === 0) throw new Error('neither devices nor problems');
      return problems.length > 0 ? 'refused' : 'read';
    },
  };
}

/** What is read must also be rendered. */
export function runFolders(folder: string): Campaign {
  const sound = recordFiles(madeRun({ seed: 1, seconds: 3 }));
  const names = Object.keys(sound).filter((name) => /\.(json|jsonl|hlog|yaml)$/.test(name));
  return {
    name: 'run folders',
    share: 0.05,
    attack: (chance, nth) => {
      const run = join(folder, `run${nth % 4}`);
      mkdirSync(run, { recursive: true });
      const spoiled = chance.of(names);
      for (const name of names)
        writeCase(run, name, name === spoiled ? spoil(chance, sound[name]!) : sound[name]!);
      return reading(async () => {
        renderedFiles(await readRun(run));
      });
    },
  };
}

/** What a killed run leaves: replayed, or refused with the line. */
export function journals(folder: string): Campaign {
  const head = headOfTwo({ thresholds: [] });
  const counts = { connects_scheduled: 5, connects_started: 5, connects_ok: 5, messages_sent: 10 };
  const entries: JournalEntry[] = [
    { type: 'started', epochMs: head.openedEpochMs },
    ...[0, 1, 2, 3].map((nth): JournalEntry => {
      const [shard, sequence] = [nth % 2, nth >> 1];
      const snapshot = snapshotOf(sequence, ({ counters, trends }) => {
        Object.assign(counters, counts);
        trends.connect_latency.record(1000 * (nth + 1));
      });
      return { type: 'snapshot', shard, sequence, snapshot };
    }),
    {
      type: 'done',
      shard: 0,
      ledger: { ...NO_MESSAGES, sent: Float64Array.of(0, 0, 1, 3, 1e6, 0, 0, 0, 0) },
    },
    { type: 'stopping', reason: 'SIGINT', ranForUs: 1e6 },
    { type: 'lost', shard: 1, reason: 'out of memory' },
  ];
  const lines = [head, ...entries].map(jsonLine);
  return {
    name: 'journals',
    share: 0.05,
    attack: (chance, nth) => {
      const run = join(folder, `journal${nth % 4}`);
      mkdirSync(run, { recursive: true });
      const some = chance.is(0.3) ? lines.filter(() => chance.is(0.8)) : [...lines];
      const at = chance.upTo(some.length);
      if (some[at] !== undefined) some[at] = spoil(chance, some[at]);
      writeCase(run, JOURNAL, some.join(''));
      return reading(async () => {
        renderedFiles(await replayRun(run));
      });
    },
  };
}

const NO_MESSAGES = { sent: new Float64Array(), received: new Float64Array(), missing: 0, shares: [] };

const NUMBERS = ['0', '1', '2', '5', '-1', '0.5', '1000000', '9007199254740993', '1e999'];
const JSON_WORDS = ['null', '-1', '1e999', '"x"', '[]', '{}', ',', ':', '"\\u001b[2J"', 'true', '0.5'];

function spoil(chance: Chance, content: string): string {
  return chance.is(0.3) ? chance.spoiledText(content, JSON_WORDS) : replaced(chance, content);
}

/** Still JSON, but one value is another, and most often one that may stand there. */
function replaced(chance: Chance, content: string): string {
  const values = [...content.matchAll(/: ?(-?\d[\d.]*|"[^"]*"|null)/g)];
  if (values.length === 0) return chance.spoiledText(content);
  const { index, 0: found, 1: value } = chance.of(values);
  const isNumber = /^[-\d]/.test(value!);
  const other = isNumber && chance.is(0.8) ? chance.of(NUMBERS) : chance.of(JSON_WORDS);
  return `${content.slice(0, index)}:${other}${content.slice(index + found.length)}`;
}
