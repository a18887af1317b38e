/** The stand-in as a process of its own. A process needs JavaScript: these tests run what `npm run build` made. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { connect as connectSocket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { generateDevices } from '../../../src/model/devices/generated-devices.ts';
import type { FleetError } from '../../../src/model/errors.ts';
import type { StandInProcess } from '../../../src/stand-in/process/parent.ts';
import type { StandInSettings } from '../../../src/stand-in/stand-in.ts';
import { connect, D1, DEVICES, optionsOf, returnCodeOf } from './fleet.ts';

const MODULE = new URL('../../../dist/src/stand-in/process/parent.js', import.meta.url).href;

const started: StandInProcess[] = [];

async function start(settings: Partial<StandInSettings> = {}): Promise<StandInProcess> {
  const { startStandInProcess } = (await import(
    MODULE
  )) as typeof import('../../../src/stand-in/process/parent.ts');
  const standIn = await startStandInProcess({ devices: DEVICES, ...settings });
  started.push(standIn);
  return standIn;
}

function lossOf(standIn: StandInProcess): Promise<FleetError> {
  return new Promise((resolve) => standIn.onLost(resolve));
}

function urlOf({ target }: StandInProcess): string {
  if (target.kind !== 'url') throw new Error('the target of the stand-in is a URL');
  return `${target.protocol}://${target.host}:${target.port}${target.path}`;
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectSocket(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

/** Of each thread of a process, in the order in which they were made: the 19th field of proc(5)'s stat. */
function niceValues(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).map((thread) => {
    const fields = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return Number(fields[19 - 3]);
  });
}

/** Of nice values, of which a higher one gives way. */
const NORMAL = 0;
const BELOW_NORMAL = 10;

afterEach(async () => {
  await Promise.all(started.splice(0).map((standIn) => standIn.close()));
});

describe('the stand-in in a process of its own', () => {
  it('knows the devices it was given and tells its counts', async () => {
    const standIn = await start();
    const url = urlOf(standIn);
    const client = await connect(D1, url);
    await client.publishAsync('/pk/d1/user/update', 'x', { qos: 1 });
    expect(await returnCodeOf(url, { ...optionsOf(D1, url), password: 'wrong' })).toBe(4);
    expect(await standIn.counts()).toMatchObject({
      connects_ok: 1,
      connects_refused_4: 1,
      publishes_received: 1,
    });
    await client.endAsync(true);
    await standIn.close();
    await standIn.close();
    expect(await isListening(standIn.ports.tcp!)).toBe(false);
    await expect(standIn.counts()).rejects.toMatchObject({ code: 'stand-in-lost' });
  });

  it.runIf(process.platform === 'linux')('lets the helpers of V8 give way', async () => {
    const { pid } = await start();
    const [main, ...others] = niceValues(pid);
    expect(main).toBe(NORMAL);
    expect(others.slice(0, 5)).toEqual(Array(5).fill(BELOW_NORMAL));
  });

  it.runIf(process.platform === 'linux')(
    'has room for all its devices in its table of open files',
    async () => {
      const { pid } = await start({ devices: generateDevices('pk', 3000, 'd').shared });
      const room = /FDSize:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1];
      expect(Number(room)).toBeGreaterThan(3000);
      expect(readdirSync(`/proc/${pid}/fd`).length).toBeLessThan(100);
    },
  );

  it('commits the faults it is asked for, and tells how long its answers took', async () => {
    const standIn = await start({ faults: { delay: { puback: { kind: 'fixed', us: 50_000 } } } });
    const client = await connect(D1, urlOf(standIn));
    await client.publishAsync('/pk/d1/user/update', 'x', { qos: 1 });
    const { connack, puback, reply } = await standIn.truth();
    expect(connack).toMatchObject({ count: 1 });
    expect(puback?.min).toBeGreaterThanOrEqual(50_000);
    expect(reply).toBeNull();
    await client.endAsync(true);
    await standIn.close();
    await expect(standIn.truth()).rejects.toMatchObject({ code: 'stand-in-lost' });
  });

  it('hands its certificate over', async () => {
    const standIn = await start({ tls: 0 });
    expect(standIn.target).toMatchObject({ kind: 'url', protocol: 'mqtts', host: '127.0.0.1', path: '' });
    const client = await connect(D1, urlOf(standIn), { ca: standIn.ca });
    await client.endAsync(true);
  });

  it('tells of a port that is taken', async () => {
    const { ports } = await start();
    await expect(start({ tcp: ports.tcp! })).rejects.toMatchObject({
      code: 'broker-failed',
      hint: expect.stringContaining('another port'),
    });
  });

  it('is lost when its process has died, and can still be closed', async () => {
    const standIn = await start();
    const lost = lossOf(standIn);
    process.kill(standIn.pid, 'SIGKILL');
    expect(await lost).toMatchObject({ code: 'stand-in-lost', message: 'the stand-in was lost: SIGKILL' });
    await vi.waitFor(() => expect(standIn.counts()).rejects.toMatchObject({ code: 'stand-in-lost' }));
    await expect(standIn.counts()).rejects.toThrow(/SIGKILL/);
    await standIn.close();
  });

  it('is lost when it is frozen, which is known before long; nothing waits for it, and it does not stay', async () => {
    const standIn = await start();
    const lost = lossOf(standIn);
    process.kill(standIn.pid, 'SIGSTOP');
    const asked = standIn.counts();
    asked.catch(() => {});
    expect((await lost).message).toMatch(/it is stopped \(SIGSTOP\) and gave no sign of life for [12]\.\d s/);
    await expect(asked).rejects.toMatchObject({ code: 'stand-in-lost' });
    await expect(standIn.truth()).rejects.toMatchObject({ code: 'stand-in-lost' });
    await standIn.close();
    expect(() => process.kill(standIn.pid, 0)).toThrow('ESRCH');
  });

  it('that is closed is not lost', async () => {
    const standIn = await start();
    const onLost = vi.fn();
    standIn.onLost(onLost);
    await standIn.close();
    await new Promise(setImmediate);
    expect(onLost).not.toHaveBeenCalled();
  });

  it('ignores the Ctrl-C that its whole group gets, and the end of its terminal', async () => {
    const standIn = await start();
    process.kill(standIn.pid, 'SIGINT');
    process.kill(standIn.pid, 'SIGTERM');
    process.kill(standIn.pid, 'SIGHUP');
    expect(await standIn.counts()).toMatchObject({ connects_ok: 0 });
  });

  it('does not outlive its parent', async () => {
    const script = `
      import { startStandInProcess } from ${JSON.stringify(MODULE)};
      const empty = { count: 0, text: new SharedArrayBuffer(0), offsets: new SharedArrayBuffer(4) };
      console.log((await startStandInProcess({ devices: empty })).ports.tcp);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(parent.stdout.setEncoding('utf8'), 'data')) as [string];
    const port = Number(line);
    expect(await isListening(port)).toBe(true);
    parent.kill('SIGKILL');
    await vi.waitFor(async () => expect(await isListening(port)).toBe(false), { timeout: 10_000 });
  });
});
