import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { parseThreshold } from '../../../src/metrics/threshold/expression.ts';
import { DeviceIndex } from '../../../src/model/devices/device-index.ts';
import { DeviceTableBuilder } from '../../../src/model/devices/device-table.ts';
import { FleetError, formatProblem } from '../../../src/model/errors.ts';
import { METRIC_NAMES } from '../../../src/model/metrics/metric-names.ts';
import { formatDuration, parseDurationUs } from '../../../src/model/units.ts';
import { readDevices } from '../../../src/scenario/devices/device-list.ts';
import { parseScenario } from '../../../src/scenario/scenario-file.ts';
import { cases } from '../../support/cases.ts';

const folder = mkdtempSync(join(tmpdir(), 'mqtt-fleet-'));
afterAll(() => rmSync(folder, { recursive: true }));

const CANARY = 'canary5ecret';

/** The problems of a scenario text; anything thrown but a bad-input is passed on. */
async function problemsOf(text: string, overrides: string[] = []): Promise<string> {
  try {
    await parseScenario(text, join(folder, 's.yaml'), { overrides, env: { X: CANARY } });
    return '';
  } catch (error) {
    if (!(error instanceof FleetError) || error.code !== 'bad-input') throw error;
    expect(error.problems.length).toBeGreaterThan(0);
    return error.problems.map(formatProblem).join('\n');
  }
}

const KEYS = [
  'name target devices auth client protocol connect subscribe publish hold gracefulStop thresholds seed broker tls reconnect',
  'file count generate productKey prefix signmethod timestamp stages keepalive timeout maxInFlight duration rate from',
  'topic qos every payload template size reply jitter region instance ca connect_latency __proto__ constructor',
  'policy delay maxDelay perMinute min max weight connack puback exponential share freeze at for downlink disconnect messageRate',
  'threshold abortOnFail delayAbortEval',
  'quotas preset connections connectRate connectsPerMinute messageSize subscriptions topicsPerSubscribe refuse',
].flatMap((line) => line.split(' '));
const SCALARS = [
  'embedded',
  'mqtt://h',
  '10s',
  '50%',
  'off',
  '5/s',
  '1KB',
  '${ENV:X}',
  '${ENV:}',
  '${seq}',
  'a/+/#',
  'max < 1s',
  '',
  1,
  2,
  -1,
  1.5,
  true,
  null,
];

const tree = fc.letrec((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(...SCALARS),
    fc.array(tie('node'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...KEYS), tie('node'), { maxKeys: 5, noNullPrototype: true }),
  ),
})).node;

const yamlPiece = fc.oneof(
  fc.constantFrom(
    'a: ',
    '- ',
    '\n',
    '  ',
    '{',
    '}',
    '[',
    ']',
    '&a ',
    '*a',
    '!!x ',
    '? ',
    '| ',
    '> ',
    '"',
    "'",
    '---\n',
    '<<: ',
    '#',
    '%YAML 1.1\n',
    ',',
  ),
  fc.constantFrom(...KEYS.map((key) => `${key}: `)),
  fc.string({ maxLength: 5 }),
);

describe('a scenario is read or refused', () => {
  it('whatever tree of known keys it is', async () => {
    await fc.assert(
      fc.asyncProperty(tree, async (value) => {
        expect(await problemsOf(JSON.stringify({ target: 'embedded', devices: {}, x: value }))).not.toContain(
          CANARY,
        );
        expect(await problemsOf(JSON.stringify(value))).not.toContain(CANARY);
      }),
      cases(),
    );
  });

  it('whatever value one key has', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...KEYS.slice(0, 16)), tree, async (key, value) => {
        const sound = { target: 'embedded', devices: { generate: { productKey: 'pk', count: 1 } } };
        expect(await problemsOf(JSON.stringify({ ...sound, [key]: value }))).not.toContain(CANARY);
      }),
      cases(),
    );
  });

  it('whatever text it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(yamlPiece, { maxLength: 30 }), async (pieces) => {
        await problemsOf(pieces.join(''));
      }),
      cases(),
    );
  });

  it('and a text where a map or list belongs, or where there is no YAML, is not shown', async () => {
    const collections = ['devices', 'auth', 'connect', 'subscribe', 'publish', 'thresholds', 'tls', 'broker'];
    const piece = fc.oneof(
      fc.constantFrom(
        CANARY,
        ...['', '!', '*', '%', '|', '>', '@', '"\\x', '${ENV:-'].map((mark) => mark + CANARY),
      ),
      fc.constantFrom(...collections.map((key) => `\n${key}: `)),
      fc.constantFrom(' ', '\n', ', ', '- ', '[', ']', '{', '}', ': ', '"', "'", '? '),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
        expect(await problemsOf(pieces.join(''))).not.toContain(CANARY);
      }),
      cases(),
    );
  });

  it('whatever is set on top', async () => {
    const part = fc.oneof(fc.constantFrom(...KEYS.slice(0, 16)), fc.constantFrom('0', '1', '[0]', '[9]', ''));
    const path = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('.'));
    const value = fc.oneof(
      fc.constantFrom(...SCALARS).map(String),
      fc.constantFrom('[', '{}', '[{}]', '*a', '&a b'),
    );
    const text =
      'target: embedded\ndevices: {generate: {productKey: pk, count: 1}}\nconnect:\nsubscribe: &a [{topic: a}]\n';
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(path, value), { maxLength: 3 }), async (sets) => {
        const overrides = sets.map(([where, what]) => `${where}=${what}`);
        expect(await problemsOf(text, overrides)).not.toContain(CANARY);
      }),
      cases(),
    );
  });
});

describe('a device list is read or refused', () => {
  const piece = fc.constantFrom(
    'pk',
    'd',
    CANARY,
    ',',
    ',',
    '"',
    '\n',
    '\r\n',
    '\u0000',
    '{',
    '}',
    '[',
    ']',
    ':',
    '"productKey":',
    '"deviceSecret":"',
    '\\',
    ' ',
    '\ufeff',
  );
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array)),
    fc.array(piece, { maxLength: 40 }).map((pieces) => Buffer.from(pieces.join(''))),
    fc
      .array(piece, { maxLength: 40 })
      .map((pieces) => Buffer.from(`productKey,deviceName,deviceSecret\n${pieces.join('')}`)),
  );

  it.each(['csv', 'json', 'jsonl'])('%s, and no problem shows a field', async (extension) => {
    await fc.assert(
      fc.asyncProperty(
        bytes,
        fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
        async (content, count) => {
          const file = join(folder, `list.${extension}`);
          writeFileSync(file, content);
          const source = count === undefined ? {} : { count };
          const { devices, problems } = await readDevices({ kind: 'file', file, ...source });
          expect(problems.map(formatProblem).join('\n')).not.toContain(CANARY);
          if (problems.length === 0) expect(devices.count).toBeGreaterThan(0);
          if (problems.length === 0 && count !== undefined) expect(devices.count).toBe(count);
        },
      ),
      cases(),
    );
  });

  it('what was written as CSV or JSON lines is what is read', async () => {
    const name = fc.string({
      minLength: 1,
      maxLength: 12,
      unit: fc.constantFrom('a', 'B', '7', '"', ',', '-', '_', '设', '=', '.'),
    });
    const list = fc.uniqueArray(fc.tuple(name, name), {
      minLength: 1,
      maxLength: 20,
      selector: ([dn]) => dn,
    });
    await fc.assert(
      fc.asyncProperty(list, async (rows) => {
        const quoted = (field: string) => `"${field.replaceAll('"', '""')}"`;
        const csv = rows.map(([dn, ds]) => `${quoted(dn)},pk,${quoted(ds)}\r\n`).join('');
        const jsonl = rows.map(([deviceName, deviceSecret]) =>
          JSON.stringify({ productKey: 'pk', deviceName, deviceSecret }),
        );
        const files = {
          'rows.csv': `deviceName,productKey,deviceSecret\r\n${csv}`,
          'rows.jsonl': jsonl.join('\n'),
          'rows.json': `[${jsonl}]`,
        };
        for (const [file, content] of Object.entries(files)) {
          writeFileSync(join(folder, file), content);
          const { devices, problems } = await readDevices({ kind: 'file', file: join(folder, file) });
          expect(problems).toEqual([]);
          const read = Array.from({ length: devices.count }, (_, row) => devices.triple(row));
          expect(read.map(({ deviceName, deviceSecret }) => [deviceName, deviceSecret])).toEqual(rows);
        }
      }),
      cases(0.5),
    );
  });
});

describe('DeviceIndex', () => {
  it('agrees with a Map', () => {
    const short = fc.string({ maxLength: 3, unit: fc.constantFrom('a', 'b', '设') });
    fc.assert(
      fc.property(fc.array(fc.tuple(short, short), { maxLength: 200 }), short, short, (pairs, pk, dn) => {
        const builder = new DeviceTableBuilder();
        const index = new DeviceIndex(builder);
        const naive = new Map<string, number>();
        for (const [productKey, deviceName] of pairs) {
          const row = builder.add(productKey, deviceName, 's');
          const key = `${productKey} ${deviceName}`;
          expect(index.add(row)).toBe(naive.get(key) ?? -1);
          if (!naive.has(key)) naive.set(key, row);
        }
        expect(index.find(pk, dn)).toBe(naive.get(`${pk} ${dn}`) ?? -1);
      }),
      cases(),
    );
  });
});

describe('expressions and units', () => {
  it('no text makes the threshold parser throw', () => {
    const piece = fc.constantFrom(
      'p',
      '(',
      '99',
      ')',
      '<',
      '=',
      ' ',
      'max',
      'rate',
      'share',
      '1s',
      '1%',
      '5/s',
      '.',
      '-',
      'e',
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')),
    );
    fc.assert(
      fc.property(fc.oneof(fc.constantFrom(...METRIC_NAMES), fc.string()), text, (metric, expression) => {
        const reading = parseThreshold(metric, expression);
        if ('threshold' in reading) expect(Number.isFinite(reading.threshold.bound)).toBe(true);
        else expect(reading.wrong).not.toBe('');
      }),
      cases(),
    );
  });

  it('a duration that is written is the one that is read', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e12 }), (us) => {
        expect(parseDurationUs(formatDuration(us))).toBe(us);
      }),
      cases(),
    );
  });
});
