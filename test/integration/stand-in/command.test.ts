/** `mqtt-fleet broker` in this process, with a door whose signal the test gives. */
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { describe, expect, it, vi } from 'vitest';
import type { Door } from '../../../src/app/door.ts';
import { runLine } from '../../../src/cli/command-line.ts';
import { brokerCommand } from '../../../src/cli/commands/broker.ts';
import type { Triple } from '../../../src/model/devices/device-table.ts';
import { generateDevices } from '../../../src/model/devices/generated-devices.ts';
import { hmacHex } from '../../../src/platform/aliyun/signing/credentials.ts';
import { startStandIn } from '../../../src/stand-in/stand-in.ts';
import { connect, DEVICES, returnCodeOf } from './fleet.ts';

function run(...args: string[]) {
  const out = { stdout: '', stderr: '' };
  let stop: ((signal: NodeJS.Signals) => void) | undefined;
  const door: Door = {
    stdout: { write: (text: string) => (out.stdout += text) } as unknown as NodeJS.WriteStream,
    stderr: { write: (text: string) => (out.stderr += text) } as unknown as NodeJS.WriteStream,
    env: {},
    finish: () => {},
    onStop: (listener) => {
      stop = listener;
      return () => {
        stop = undefined;
      };
    },
    onExit: () => () => {},
  };
  const done = runLine(['broker', ...args], [brokerCommand], door);
  return { out, done, stop: () => stop?.('SIGINT'), isStoppable: () => stop !== undefined };
}

/** Its certificate is made first, by a library that is loaded for it. */
const serving = (command: ReturnType<typeof run>): Promise<void> =>
  vi.waitFor(() => expect(command.isStoppable()).toBe(true), 10_000);

describe('mqtt-fleet broker', () => {
  it('serves generated devices until it is stopped, then prints the counts', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mqtt-fleet-'));
    const caFile = join(folder, 'ca.pem');
    const command = run('--generate', 'pk:3', '--port', '0', '--tls-port', '0', '--ca-out', caFile, '--json');
    await serving(command);
    const url = /mqtts:\/\/[\d.:]+/.exec(command.out.stderr)?.[0] ?? '';
    const device = generateDevices('pk', 3, 'd').triple(2);
    const client = await connect(device, url, { ca: await readFile(caFile, 'utf8') });
    command.stop();
    await command.done;
    expect(JSON.parse(command.out.stdout)).toMatchObject({
      connects_ok: 1,
      connections_open: 1,
      disconnects: 0,
    });
    expect(command.out.stderr).not.toContain(device.deviceSecret);
    expect(command.isStoppable()).toBe(false);
    await client.endAsync(true);
    await rm(folder, { recursive: true });
  });

  it('says of each device that it refuses once why, and nothing that is secret', async () => {
    const command = run('--generate', 'pk:30', '--port', '0');
    await serving(command);
    const url = /mqtt:\/\/[\d.:]+/.exec(command.out.stderr)?.[0] ?? '';
    const devices = generateDevices('pk', 30, 'd');
    const [first, second, third] = [0, 1, 2].map((row) => devices.triple(row));
    const clientId = 'x|securemode=3,signmethod=hmacsha1,timestamp=1|';
    const refused = async (options: object): Promise<void> => {
      expect(await returnCodeOf(url, { keepalive: 60, protocolVersion: 4, ...options })).toBeGreaterThan(0);
    };
    const signed = ({ deviceName, deviceSecret }: Triple, more: string): object => ({
      clientId,
      username: `${deviceName}&pk`,
      password: hmacHex('hmacsha1', deviceSecret, `clientIdxdeviceName${deviceName}productKeypk${more}`),
    });
    // Twice: it is named once.
    for (let time = 0; time < 2; time++) await refused(signed(first!, 'timestamp1ext1'));
    await refused(signed(second!, 'signmethodhmacsha1timestamp1'));
    await refused({ clientId, username: `${third!.deviceName}&pk`, password: third!.deviceSecret });
    await refused({ clientId: 'x', username: `${third!.deviceName}&pk`, password: 'p4ssw0rd' });
    await refused({ clientId, username: `pk&${first!.deviceName}`, password: 'p4ssw0rd' });
    await refused({ clientId, username: first!.deviceSecret, password: 'p4ssw0rd' });
    await refused({ clientId, username: `${first!.deviceSecret}&pk`, password: 'p4ssw0rd' });
    await refused({ clientId, username: 'p4ssw0rd&pk', password: 'p4ssw0rd' });
    for (let row = 3; row < 30; row++)
      await refused({
        clientId,
        username: `${devices.deviceName(row)}&pk`,
        password: 'vI009IZJZVGRwBwZvnbwjfuXxVM=',
      });
    command.stop();
    await command.done;
    const { stderr } = command.out;
    const lines = stderr.split('\n').filter((line) => /^(refused|…)/.test(line));
    expect(lines.slice(0, 4)).toEqual([
      expect.stringMatching(
        new RegExp(`^refused ${first!.deviceName}&pk: CONNACK 4, wrong-password\\. No mistake`),
      ),
      expect.stringMatching(
        new RegExp(`^refused ${second!.deviceName}&pk: CONNACK 4, wrong-password\\. signmethod-in-content: `),
      ),
      expect.stringContaining('device-secret-as-password: '),
      expect.stringMatching(/: CONNACK 2, malformed-client-id\. .* it has no \|k=v,\.\.\.\| part\.$/),
    ]);
    expect(stderr).toContain(
      `refused pk&${first!.deviceName}: CONNACK 5, unknown-device. ProductKey and DeviceName are exchanged.`,
    );
    expect(stderr).toContain('refused x: CONNACK 4, malformed-username. The user name is not');
    expect(stderr).toContain('apsaramq-form: ');
    expect(lines.filter((line) => line.includes('wrong-password.'))).toHaveLength(20);
    expect(lines.at(-1)).toBe('… and 10 more refused, wrong-password, of other devices');
    for (let row = 0; row < 30; row++) expect(stderr).not.toContain(devices.triple(row).deviceSecret);
    for (const word of [
      'p4ssw0rd',
      'vI009IZJZVGRwBwZvnbwjfuXxVM',
      (signed(first!, 'timestamp1ext1') as { password: string }).password,
    ])
      expect(stderr).not.toContain(word);
  });

  it('prints a table without --json', async () => {
    const command = run('--generate', 'pk:1', '--port', '0');
    await serving(command);
    command.stop();
    await command.done;
    expect(command.out.stdout).toBe('nothing happened\n');
  });

  it.each([false, true])(
    'prints how late its answers were if they were to be late (--json %j)',
    async (json) => {
      const flags = ['--generate', 'pk:1', '--port', '0', '--delay-connack', '30ms'];
      const command = run(...flags, ...(json ? ['--json'] : []));
      await serving(command);
      const url = /mqtt:\/\/[\d.:]+/.exec(command.out.stderr)?.[0] ?? '';
      const client = await connect(generateDevices('pk', 1, 'd').triple(0), url);
      command.stop();
      await command.done;
      const { stdout } = command.out;
      if (json) {
        const { connects_ok, truth } = JSON.parse(stdout);
        expect([connects_ok, truth.connack.count, truth.puback]).toEqual([1, 1, null]);
        expect(truth.connack.p50).toBeGreaterThanOrEqual(30);
        expect(truth.connack.max).toBeLessThan(30_000);
      } else {
        const least = /^connack\s+1\s+([\d.,]+)\s/m.exec(stdout)?.[1];
        expect(Number(least)).toBeGreaterThanOrEqual(30);
        expect(stdout).not.toMatch(/puback/);
      }
      await client.endAsync(true);
    },
  );

  it('lists all that is wrong with its flags', async () => {
    const { done } = run('--generate', 'pk', '--port', '70000', '--ca-out', 'ca.pem', '--drop', '2');
    await expect(done).rejects.toMatchObject({
      code: 'bad-input',
      problems: [{ file: '--generate' }, { file: '--port' }, { file: '--ca-out' }, { file: '--drop' }],
    });
    await expect(run('--port', '0').done).rejects.toMatchObject({ code: 'bad-input' });
  });

  it('asks for a port of TLS where its certificate or version is said', async () => {
    const { done } = run(
      '--generate',
      'pk:1',
      '--port',
      '0',
      '--certificate',
      'ecdsa',
      '--tls-version',
      '1.2',
    );
    const message = expect.stringContaining('no TLS');
    await expect(done).rejects.toMatchObject({
      problems: [
        { file: '--certificate', message },
        { file: '--tls-version', message },
      ],
    });
    const other = run('--generate', 'pk:1', '--port', '0', '--tls-port', '0', '--certificate', 'dsa');
    await expect(other.done).rejects.toMatchObject({ message: expect.stringContaining('rsa') });
  });

  it('shows a certificate of ECDSA, over one version of TLS, where that is asked for', async () => {
    const flags = ['--tls-port', '0', '--certificate', 'ecdsa', '--tls-version', '1.2'];
    const command = run('--generate', 'pk:1', '--port', '0', ...flags);
    await serving(command);
    const port = Number(/mqtts:\/\/[\d.]+:(\d+)/.exec(command.out.stderr)?.[1]);
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    expect(socket.getProtocol()).toBe('TLSv1.2');
    expect(socket.getPeerCertificate()).toMatchObject({ asn1Curve: 'prime256v1' });
    socket.destroy();
    command.stop();
    await command.done;
  });

  it('says what to do when the port is taken', async () => {
    const other = await startStandIn({ devices: DEVICES });
    const { done } = run('--generate', 'pk:1', '--port', String(other.ports.tcp));
    await expect(done).rejects.toMatchObject({
      code: 'bad-input',
      problems: [{ file: '--port', hint: expect.stringContaining('another port') }],
    });
    const second = run('--generate', 'pk:1', '--port', '0', '--ws-port', String(other.ports.tcp));
    await expect(second.done).rejects.toMatchObject({ problems: [{ file: '--ws-port' }] });
    await other.close();
  });

  it('says that the address is not of this machine', async () => {
    // Of the block that is kept for documentation (RFC 5737).
    await expect(run('--generate', 'pk:1', '--port', '0', '--host', '192.0.2.1').done).rejects.toMatchObject({
      code: 'bad-input',
      problems: [{ file: '--host' }],
    });
  });
});
