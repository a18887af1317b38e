/** The platform's own JavaScript SDKs, as devices have them, against the stand-in. They are fetched once, to where nothing else looks. */
import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type StandIn, startStandIn } from '../../../src/stand-in/stand-in.ts';
import { ROOT } from '../../support/cli.ts';
import { D1, DEVICES } from './fleet.ts';

const SDKS = ['alibabacloud-iot-device-sdk@1.2.8', 'aliyun-iot-device-sdk@1.0.1'] as const;
/** Emptied by `npm ci`, and no part of a package. */
const CACHE = join(ROOT, 'node_modules/.cache/device-sdks');
const DEVICE = fileURLToPath(new URL('sdk-device.cjs', import.meta.url));
const INSTALL_MS = 120_000;

/**
 * Undefined where there is no registry. They are no dependencies of ours: they pull in a hundred old packages, and one of those has a script
 * that runs when it is installed.
 */
async function fetched(): Promise<string | undefined> {
  if (existsSync(CACHE)) return CACHE;
  mkdirSync(join(CACHE, '..'), { recursive: true });
  const folder = mkdtempSync(`${CACHE}-`);
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  const quiet = [
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
    '--fetch-retries=2',
    '--loglevel=error',
  ];
  try {
    await promisify(execFile)('npm', ['install', ...quiet, ...SDKS], { cwd: folder, timeout: INSTALL_MS });
    renameSync(folder, CACHE);
    return CACHE;
  } catch {
    rmSync(folder, { recursive: true, force: true });
    return undefined;
  }
}

interface Lived {
  code: number | null;
  answers: Record<string, unknown>;
  stderr: string;
}

/** Ends with the process, which is killed in time where it does not end by itself. */
async function live(module: string, config: object, env: Record<string, string>): Promise<Lived> {
  const child = spawn(process.execPath, [DEVICE, module], {
    env: { ...process.env, ...env },
    timeout: 20_000,
    killSignal: 'SIGKILL',
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  child.stdin.end(JSON.stringify(config));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
  const told = lines.map((line) => JSON.parse(line) as { what: string; answer: unknown });
  return { code, answers: Object.fromEntries(told.map(({ what, answer }) => [what, answer])), stderr };
}

const folder = await fetched();

it.runIf(folder === undefined && process.env.CI === 'true')('the SDKs can be fetched', () => {
  throw new Error(`npm cannot install ${SDKS.join(' and ')}: is a registry reachable?`);
});

const name = folder === undefined ? '%s (skipped: npm could not fetch it)' : '%s';

describe.runIf(folder !== undefined).each(SDKS)(name, (sdk) => {
  const module = join(folder ?? '', 'node_modules', sdk.slice(0, sdk.indexOf('@')));
  let scratch: string;
  let standIn: StandIn;
  beforeAll(() => {
    scratch = mkdtempSync(join(tmpdir(), 'mqtt-fleet-test-'));
  });
  afterAll(() => rmSync(scratch, { recursive: true }));
  beforeEach(async () => {
    standIn = await startStandIn({ devices: DEVICES, tcp: 0, tls: 0 });
  });
  afterEach(() => standIn.close());

  function device(transport: 'tcp' | 'tls', deviceSecret = D1.deviceSecret): Promise<Lived> {
    const ca = join(scratch, 'ca.pem');
    writeFileSync(ca, standIn.ca!);
    const { productKey, deviceName } = D1;
    const brokerUrl = `${standIn.urls[transport]}/`;
    const config = { productKey, deviceName, deviceSecret, brokerUrl };
    return live(module, config, { NODE_EXTRA_CA_CERTS: ca });
  }

  it.each(['tcp', 'tls'] as const)(
    'signs in over %s, and all that it asks is answered',
    async (transport) => {
      const { code, answers, stderr } = await device(transport);
      expect(stderr).toBe('');
      expect(answers).toMatchObject({
        property: { code: 200, method: 'thing.event.property.post' },
        event: { code: 200, method: 'thing.event.alarm.post' },
        tags: { code: 200, method: 'thing.deviceinfo.update' },
        'no tags': { code: 200, method: 'thing.deviceinfo.delete' },
        config: { code: 6710, message: 'no data' },
        shadow: { method: 'reply', payload: { status: 'success' } },
        'shadow without': { method: 'reply', payload: { status: 'success' } },
        'whole shadow': { payload: { status: 'success', state: { reported: { color: 'red' } } } },
        time: { deviceSendTime: '100', serverRecvTime: expect.stringMatching(/^\d{13}$/) },
        firmware: { id: '7', code: 500 },
      });
      expect(code).toBe(0);
      expect(standIn.counts()).toMatchObject({ connects_ok: 1, connects_refused: 0, subscribes_refused: 0 });
    },
    40_000,
  );

  it('is refused with a wrong secret', async () => {
    const { code, answers, stderr } = await device('tcp', 'wrong');
    expect([code, answers]).toEqual([1, {}]);
    expect(stderr).toMatch(/Connection refused: Bad username or password/);
    expect(standIn.counts()).toMatchObject({ connects_ok: 0, connects_refused_4: 1 });
  }, 40_000);
});
