import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Door } from '../../../../src/app/door.ts';
import { runLine } from '../../../../src/cli/command-line.ts';
import { signCommand } from '../../../../src/cli/commands/sign.ts';
import { FleetError } from '../../../../src/model/errors.ts';

const DEVICE = ['--product-key', 'pk', '--device-name', 'device'];
const EXAMPLE = [...DEVICE, '--client-id', '12345', '--timestamp', '789'];
const RIGHT = 'fafd82a3d602b37fb0fa8b7892f24a477f851a14';

/** What `mqtt-fleet sign ...args` prints. */
async function printed(args: string[], env?: NodeJS.ProcessEnv): Promise<string> {
  return (await outcomeOf(args, env)).out;
}

async function outcomeOf(
  args: string[],
  env: NodeJS.ProcessEnv = { DEVICE_SECRET: 'secret' },
): Promise<{ out: string; exitCode: number }> {
  let out = '';
  let exitCode = 0;
  const stdout = { write: (text: string) => (out += text) };
  const finish = (code: number) => {
    exitCode = code;
  };
  const door = { stdout, env, finish } as unknown as Door;
  await runLine(['sign', ...args], [signCommand], door);
  return { out, exitCode };
}

async function json(args: string[], env?: NodeJS.ProcessEnv) {
  return JSON.parse(await printed([...args, '--json'], env));
}

describe('the documented example', () => {
  it('prints aligned labels', async () => {
    expect(await printed([...EXAMPLE, '--no-tls'])).toBe(`\
content   clientId12345deviceNamedeviceproductKeypktimestamp789
clientId  12345|securemode=3,signmethod=hmacsha1,timestamp=789|
username  device&pk
password  ${RIGHT}
host      pk.iot-as-mqtt.cn-shanghai.aliyuncs.com
port      1883
console   d0de022db19c8554bddafae2ae8653f1b32989a785c2e637107dd7b3ff6c21c4
          what the console shows for this device and timestamp: it signs with hmacsha256, not hmacsha1; its clientId is pk.device
`);
  });

  it('prints JSON', async () => {
    expect(await json(EXAMPLE)).toEqual({
      content: 'clientId12345deviceNamedeviceproductKeypktimestamp789',
      clientId: '12345|securemode=2,signmethod=hmacsha1,timestamp=789|',
      username: 'device&pk',
      password: RIGHT,
      host: 'pk.iot-as-mqtt.cn-shanghai.aliyuncs.com',
      port: 1883,
      tls: true,
      console: {
        clientId: 'pk.device|securemode=2,signmethod=hmacsha256,timestamp=789|',
        username: 'device&pk',
        passwd: 'd0de022db19c8554bddafae2ae8653f1b32989a785c2e637107dd7b3ff6c21c4',
        differs: ['it signs with hmacsha256, not hmacsha1', 'its clientId is pk.device'],
      },
    });
  });
});

describe('beside it the password that the console shows', () => {
  it('is the same where it is made in the same way', async () => {
    const same = [...DEVICE, '--timestamp', '789', '--sdk', 'console'];
    const { password, console } = await json(same);
    expect(console).toMatchObject({ passwd: password, differs: [] });
    expect(await printed(same)).toContain(
      '\nconsole   shows the same password, where it has this timestamp\n',
    );
  });

  it('has a timestamp where the login has none', async () => {
    const { console } = await json([...DEVICE, '--timestamp', 'omit', '--signmethod', 'hmacsha256']);
    expect(console.clientId).toMatch(/^pk\.device\|securemode=2,signmethod=hmacsha256,timestamp=\d{13}\|$/);
    expect(console.differs).toEqual(['it signs a timestamp']);
  });
});

describe('pairs of the client id', () => {
  const AT = [...DEVICE, '--timestamp', '789'];

  it.each<[string, string[], object]>([
    [
      'params',
      [...AT, '--param', 'ext=1', '--param', '_ss=1'],
      { clientId: 'pk.device|securemode=2,signmethod=hmacsha1,timestamp=789,ext=1,_ss=1|' },
    ],
    [
      'their order',
      [...AT, '--param', 'ext=1', '--order', 'timestamp,ext'],
      { clientId: 'pk.device|timestamp=789,ext=1,securemode=2,signmethod=hmacsha1|' },
    ],
    [
      'the C Link SDK 4',
      [...DEVICE, '--sdk', 'c-link-4', '--no-tls'],
      {
        clientId:
          'pk.device|timestamp=2524608000000,_ss=1,_v=sdk-c-4.1.0,securemode=3,signmethod=hmacsha256,ext=3,|',
        content: 'clientIdpk.devicedeviceNamedeviceproductKeypktimestamp2524608000000',
        password: expect.stringMatching(/^[0-9A-F]{64}$/),
      },
    ],
    [
      'the C Link SDK 4 with a pair more and an assigned client id',
      [...DEVICE, '--sdk', 'c-link-4', '--param', '_conn=tls_1', '--client-id', ''],
      {
        clientId:
          '|timestamp=2524608000000,_ss=1,_v=sdk-c-4.1.0,securemode=2,signmethod=hmacsha256,ext=3,_conn=tls_1|',
      },
    ],
    [
      'the JavaScript SDK',
      [...AT, '--sdk', 'js'],
      { clientId: 'pk&device|securemode=2,signmethod=hmacsha1,timestamp=789,lan=NodeJS,_v=1.2.8|' },
    ],
    [
      'flags before what the SDK does',
      [
        ...AT,
        '--sdk',
        'js',
        '--signmethod',
        'hmacmd5',
        '--client-id',
        'x',
        '--param',
        'lan=TS',
        '--hex',
        'upper',
      ],
      {
        clientId: 'x|securemode=2,signmethod=hmacmd5,timestamp=789,lan=TS,_v=1.2.8|',
        password: expect.stringMatching(/^[0-9A-F]{32}$/),
      },
    ],
    [
      'the console, over plain TCP as well',
      [...AT, '--sdk', 'console', '--no-tls'],
      { clientId: 'pk.device|securemode=2,signmethod=hmacsha256,timestamp=789|', tls: false },
    ],
    [
      'a template for the free part',
      [...AT, '--client-id', '${deviceName}@${productKey}'],
      { content: 'clientIddevice@pkdeviceNamedeviceproductKeypktimestamp789' },
    ],
  ])('%s', async (_, args, expected) => {
    expect(await json(args)).toMatchObject(expected);
  });

  it('explains a login of that make, whose timestamp it knows', async () => {
    const make = [...DEVICE, '--sdk', 'c-link-4', '--no-tls'];
    const { password } = await json(make);
    expect(await json([...make, '--explain', password])).toMatchObject({ explanation: { kind: 'right' } });
  });

  it.each<[string, string[], string]>([
    ['a param without value', ['--param', 'ext'], '--param: is not of the form name=value'],
    ['a param that is signed', ['--param', 'timestamp=1'], '--param: timestamp cannot be a param'],
    ['a secret as a param', ['--param', 'deviceSecret=hush'], 'is a secret'],
    ['a param that ends a pair', ['--param', 'lan=a,b'], 'lan cannot be in a client id'],
    ['a param given twice', ['--param', 'ext=1', '--param', 'ext=2'], 'ext is given twice'],
    ['an order of what is not there', ['--order', 'timestamp,ext'], 'ext is no pair of the client id'],
    [
      'an order of a timestamp that is left out',
      ['--order', 'timestamp', '--timestamp', 'omit'],
      'is no pair',
    ],
    [
      'an SDK that is not known',
      ['--sdk', 'rust'],
      '--sdk takes one of c-link-3, c-link-4, js, js-1, console',
    ],
    ['a bar in the free part', ['--client-id', 'a|b'], 'has a |'],
  ])('refuses %s', async (_, args, message) => {
    const failure = await printed([...DEVICE, ...args]).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'bad-input' });
    expect(JSON.stringify([(failure as FleetError).message, (failure as FleetError).problems])).toContain(
      message,
    );
    expect(JSON.stringify(failure)).not.toContain('hush');
  });
});

describe('flags', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('defaults to <pk>.<dn>, now, hmacsha1, TLS', async () => {
    vi.useFakeTimers({ now: 1_700_000_000_123, toFake: ['Date'] });
    expect(await json(DEVICE)).toMatchObject({
      clientId: 'pk.device|securemode=2,signmethod=hmacsha1,timestamp=1700000000123|',
    });
  });

  it('leaves the timestamp out of both places', async () => {
    expect(
      await json([...DEVICE, '--timestamp', 'omit', '--signmethod', 'hmacmd5', '--client-id', '12345']),
    ).toMatchObject({
      content: 'clientId12345deviceNamedeviceproductKeypk',
      clientId: '12345|securemode=2,signmethod=hmacmd5|',
      password: '2ce7304ec0ddd548eb1492d65ac0b334',
    });
  });

  it('takes an empty free part, which is signed as such', async () => {
    expect(await json([...DEVICE, '--client-id', '', '--timestamp', '789'])).toMatchObject({
      content: 'clientIddeviceNamedeviceproductKeypktimestamp789',
      clientId: '|securemode=2,signmethod=hmacsha1,timestamp=789|',
    });
  });

  it.each([
    [['--region', 'eu-central-1'], 'pk.iot-as-mqtt.eu-central-1.aliyuncs.com'],
    [['--instance', 'iot-abc'], 'iot-abc.mqtt.iothub.aliyuncs.com'],
  ])('%s gives the host', async (flags, host) => {
    expect(await json([...EXAMPLE, ...flags])).toMatchObject({ host });
  });

  it.each([
    ['a timestamp of another form', [...DEVICE, '--timestamp', 'soon'], '--timestamp soon'],
    ['an unknown signmethod', [...EXAMPLE, '--signmethod', 'sha256'], 'sha256'],
    ['region and instance together', [...EXAMPLE, '--region', 'a', '--instance', 'b'], 'mutually exclusive'],
    ['no device name', ['--product-key', 'pk'], 'device-name'],
    ['an & in a name', ['--product-key', 'pk', '--device-name', 'a&b'], '--device-name'],
    ['an empty name', ['--product-key', '', '--device-name', 'a'], '--product-key'],
    ['a client id that is too long', [...DEVICE, '--client-id', 'c'.repeat(65)], '65 of 64'],
    ['a secret on the command line', [...EXAMPLE, '--device-secret', 'secret'], 'device-secret'],
    ['--explain without the timestamp', [...DEVICE, '--explain', RIGHT], '--explain needs the timestamp'],
    ['--sent-username without --explain', [...EXAMPLE, '--sent-username', 'a&b'], 'sent-username'],
    ['--sent-client-id without --explain', [...EXAMPLE, '--sent-client-id', '1|a=b|'], 'sent-client-id'],
  ])('refuses %s', async (_, args, message) => {
    const failure = await printed(args).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(FleetError);
    expect(failure).toMatchObject({ code: 'bad-input', message: expect.stringContaining(message) });
  });
});

describe('the DeviceSecret', () => {
  let folder = '';

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sign-'));
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  function fileOf(text: string): string {
    const file = join(folder, 'secret');
    writeFileSync(file, text);
    return file;
  }

  it.each(['secret', 'secret\n', 'secret\r\n'])(
    'comes from a file %j before the environment',
    async (text) => {
      const result = await json([...EXAMPLE, '--secret-file', fileOf(text)], { DEVICE_SECRET: 'other' });
      expect(result).toMatchObject({ password: RIGHT });
    },
  );

  it('is asked for where there is none', async () => {
    await expect(printed(EXAMPLE, {})).rejects.toMatchObject({
      code: 'bad-input',
      message: 'no DeviceSecret',
      hint: expect.stringContaining('DEVICE_SECRET'),
    });
  });

  it('is asked for where the file is empty or missing, whatever the environment holds', async () => {
    const empty = [...EXAMPLE, '--secret-file', fileOf('\n')];
    await expect(printed(empty)).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining('empty'),
    });
    const missing = [...EXAMPLE, '--secret-file', join(folder, 'missing')];
    await expect(printed(missing)).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining('there is no such file'),
    });
    const two = [...EXAMPLE, '--secret-file', fileOf('one\nother\n')];
    await expect(printed(two)).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining('the file has more than one line'),
    });
    const endless = [...EXAMPLE, '--secret-file', '/dev/zero'];
    await expect(printed(endless)).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining('is a device'),
    });
  });

  it('is not shown where it was given in place of the file', async () => {
    const failure = await printed([...EXAMPLE, '--secret-file', 'S3CR3T']).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'bad-input' });
    const { message, hint } = failure as FleetError;
    expect(message + hint).not.toContain('S3CR3T');
  });

  it('is not printed', async () => {
    expect(await printed(EXAMPLE, { DEVICE_SECRET: 'S3CR3T' })).not.toContain('S3CR3T');
  });
});

describe('--explain', () => {
  it('says that a password is right', async () => {
    expect(await printed([...EXAMPLE, '--explain', RIGHT])).toContain('\nverdict   right');
  });

  it.each([
    ['the right password', RIGHT, 0],
    ['a known mistake', '+v2Co9YCs3+w+ot4kvJKR3+FGhQ=', 99],
    ['no known mistake', 'f'.repeat(40), 99],
  ])('ends with its own exit code for %s', async (_, password, exitCode) => {
    expect(await outcomeOf([...EXAMPLE, '--explain', password])).toMatchObject({ exitCode });
    expect(await outcomeOf([...EXAMPLE, '--explain', password, '--json'])).toMatchObject({ exitCode });
  });

  it('names the mistake', async () => {
    const out = await printed([...EXAMPLE, '--explain', '+v2Co9YCs3+w+ot4kvJKR3+FGhQ=']);
    expect(out).toContain('\nverdict   wrong: base64\n          The digest');
  });

  it('lists what to check', async () => {
    expect(await json([...EXAMPLE, '--explain', 'f'.repeat(40)])).toMatchObject({
      explanation: { kind: 'unknown' },
    });
    expect(await printed([...EXAMPLE, '--explain', 'f'.repeat(40)])).toContain(
      'to check:\n          Is the DeviceSecret',
    );
  });

  it('reads the login from the client id sent', async () => {
    const sent = ['--sent-client-id', '12345|timestamp=789,signmethod=hmacsha1,securemode=3|'];
    expect(await json([...DEVICE, ...sent, '--explain', RIGHT])).toMatchObject({
      clientId: '12345|securemode=3,signmethod=hmacsha1,timestamp=789|',
      tls: false,
      explanation: { kind: 'right' },
    });
  });

  it('holds the client id sent against the flags', async () => {
    const sent = ['--sent-client-id', '12345|signmethod=hmacsha1,securemode=3|'];
    expect(await json([...EXAMPLE, ...sent, '--explain', RIGHT])).toMatchObject({
      explanation: { mistake: 'timestamp-only-in-content' },
    });
  });

  it('knows the form of another cloud’s password, and its user name', async () => {
    const sent = ['--sent-client-id', 'GID_Test@@@0001', '--sent-username', 'Signature|YYYYY|mqtt-xxxxx'];
    const password = 'vI009IZJZVGRwBwZvnbwjfuXxVM=';
    const { explanation } = await json([...DEVICE, ...sent, '--explain', password]);
    expect(explanation).toMatchObject({ mistake: 'apsaramq-form' });
    expect(await json([...EXAMPLE, '--sent-username', 'pk&device', '--explain', RIGHT])).toMatchObject({
      explanation: { mistake: 'unknown-device' },
    });
  });

  it('takes a securemode that does not fit, as the platform does', async () => {
    const sent = [
      '--sent-client-id',
      '12345|securemode=2,signmethod=hmacsha1,timestamp=789,lan=JS|WX|',
      '--no-tls',
    ];
    expect(await json([...DEVICE, ...sent, '--explain', RIGHT])).toMatchObject({
      explanation: { kind: 'right' },
    });
  });

  it('judges a malformed client id rather than failing on it', async () => {
    const sent = ['--sent-client-id', `${'c'.repeat(65)}|securemode=2|`];
    expect(await json([...DEVICE, ...sent, '--explain', RIGHT])).toMatchObject({
      explanation: { mistake: 'malformed-client-id' },
    });
  });

  it('recognises the ProductSecret of the environment', async () => {
    const wrong = 'cdee234d4c688d65f122a9f0b6687f3b5f9011cd';
    const env = { DEVICE_SECRET: 'secret', PRODUCT_SECRET: 'productsecret' };
    expect(await json([...EXAMPLE, '--explain', wrong], env)).toMatchObject({
      explanation: { mistake: 'product-secret' },
    });
  });
});
