import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeviceTableBuilder } from '../../src/model/devices/device-table.ts';
import { type StandIn, startStandIn } from '../../src/stand-in/stand-in.ts';
import { cli, type Running, startCli, temporaryFolder, ulimit } from '../support/cli.ts';
import { inProcess } from '../support/in-process.ts';

const CANARY = 'CANARY-product-secret';
const ENV = { MQTT_FLEET_PRODUCT_SECRET: CANARY };
const folder = temporaryFolder();
const ca = join(folder, 'ca.pem');

let files = 0;
function fileOf(text: string, name = 'names.csv'): string {
  const file = join(folder, `${++files}-${name}`);
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}

function namesOf(count: number, prefix = 'd', productKey = 'pk'): string {
  const rows = Array.from({ length: count }, (_, at) => `${productKey},${prefix}${at}\n`);
  return `productKey,deviceName\n${rows.join('')}`;
}

function nextOut(): string {
  return join(folder, `${++files}-out.csv`);
}

/** The command stands alone: the stand-in is the one of `broker`. */
async function broker(
  ...more: string[]
): Promise<{ running: Running; mqtt: string; mqtts: string; ca: string }> {
  const certificate = join(folder, `${++files}-ca.pem`);
  const running = startCli(['broker', '--port', '0', '--tls-port', '0', '--ca-out', certificate, ...more]);
  let said = '';
  running.child.stderr!.on('data', (chunk) => {
    said += chunk;
  });
  await running.says('listens on');
  const [, mqtt = '', mqtts = ''] = /(mqtt:\S+) (mqtts:\S+)/.exec(said) ?? [];
  return { running, mqtt, mqtts, ca: certificate };
}

describe('register beside broker, as the documentation has it', () => {
  const products = fileOf(`productKey,productSecret\npk,${CANARY}\n`, 'products.csv');
  const list = fileOf(namesOf(20));
  let at: Awaited<ReturnType<typeof broker>>;

  beforeAll(async () => {
    at = await broker('--devices', list, '--products', products);
  });
  afterAll(async () => {
    at.running.child.kill('SIGINT');
    const { code, stdout, stderr } = await at.running.finished;
    expect(code).toBe(0);
    expect(stdout).toMatch(/registers_ok +40/);
    expect(stdout + stderr).not.toContain(CANARY);
  });

  const scenario = (file: string, auth: string): string =>
    fileOf(
      [
        `target: ${at.mqtt}`,
        `devices: { file: ${file} }`,
        `auth: ${auth}`,
        'connect: { stages: [{ duration: 200ms, rate: 100/s }] }',
        '',
      ].join('\n'),
      'run.yaml',
    );

  const signIn = async (file: string, auth: string) => {
    const { code, stdout } = await cli([
      'run',
      scenario(file, auth),
      '--json',
      '--quiet',
      '--out',
      join(folder, `${++files}`),
      '--allow-invalid',
    ]);
    const { counters, failures } = JSON.parse(stdout);
    return { code, ok: counters.connects_ok, failures };
  };

  it('writes triples that run signs in with, and is refused them afterwards', async () => {
    const out = nextOut();
    const args = ['register', list, '--out', out, '--target', at.mqtts, '--ca', at.ca, '--rate', '200/s'];
    const { code, stdout, stderr } = await cli(args, ENV);
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('20 ok  0 failed') });
    expect(stdout).toContain('has 20 of 20');
    const triples = readFileSync(out, 'utf8');
    expect(triples).toMatch(/^productKey,deviceName,deviceSecret\n(?:pk,d\d+,\w{32}\n){20}$/);
    expect(statSync(out).mode & 0o777).toBe(0o600);
    expect(existsSync(`${out}.lock`)).toBe(false);
    const secrets = triples.match(/\w{32}/g)!;
    for (const secret of [CANARY, ...secrets]) expect(stdout + stderr).not.toContain(secret);
    expect(await signIn(out, '{ signmethod: hmacsha256 }')).toEqual({ code: 0, ok: 20, failures: [] });

    const again = await inProcess(args, ENV);
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('20 had theirs before') });
    expect(readFileSync(out, 'utf8')).toBe(triples);

    const anew = await inProcess([...args, '--out', nextOut()].toSpliced(2, 2), ENV);
    expect(anew.code).toBe(99);
    expect(anew.stdout).toContain('20 × connack: rejected CONNACK 4  e.g. pk/');
    expect(anew.stdout).toContain('activated already');
  });

  it('writes tokens of devices without a listing, with which auth: token signs in', async () => {
    const out = nextOut();
    const names = fileOf(namesOf(20, 'new'));
    const { code, stdout } = await inProcess(
      ['register', names, '-o', out, '-t', at.mqtts, '--ca', at.ca, '--method', 'mqtt-nwl', '--json'],
      ENV,
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      method: 'mqtt-nwl',
      outcome: { state: 'completed', reason: null },
      counters: { registers_ok: 20, registers_failed: 0 },
      trends: { register_latency: { count: 20 } },
    });
    expect(readFileSync(out, 'utf8')).toMatch(
      /^productKey,deviceName,clientId,deviceToken\n(?:pk,new\d+,\w{24},\w{32}\n){20}$/,
    );
    // The first two with the token of another, and with their own by a client id that it was not given for.
    const [header, ...rows] = readFileSync(out, 'utf8').trimEnd().split('\n');
    const [first, second] = rows.map((row) => row.split(',')) as [string[], string[]];
    const stolen = [...first.slice(0, 3), second[3]].join(',');
    const astray = [...second.slice(0, 2), first[2], second[3]].join(',');
    const list = fileOf(`${[header, stolen, astray, ...rows.slice(2)].join('\n')}\n`);
    const refused = { phase: 'connack', kind: 'rejected', code: 'CONNACK 4', count: 2 };
    const hint = expect.stringContaining(
      'wrong deviceToken: it is good with the clientId of the same row only',
    );
    expect(await signIn(list, 'token')).toMatchObject({ ok: 18, failures: [{ ...refused, hint }] });
  });
});

describe('register', () => {
  let standIn: StandIn;

  beforeAll(async () => {
    const builder = new DeviceTableBuilder();
    for (let at = 0; at < 300; at++) builder.add('pk', `d${at}`, '');
    builder.add('off', 'd0', '');
    standIn = await startStandIn({
      devices: builder.build().shared,
      products: new Map([
        ['pk', { productSecret: CANARY, isRegistrationOn: true }],
        ['off', { productSecret: CANARY, isRegistrationOn: false }],
      ]),
      tls: 0,
      http: 0,
      certificate: 'ecdsa',
    });
    writeFileSync(ca, standIn.ca!);
  });
  afterAll(() => standIn.close());

  const argsOf = (list: string, out: string): string[] => [
    ...['register', list, '--out', out, '--target', standIn.urls.tls!, '--ca', ca],
  ];

  it('goes on with a list whose last row was being written', async () => {
    const out = nextOut();
    const kept = 'productKey,deviceName,deviceSecret\npk,d0,secret-of-d0\n';
    writeFileSync(out, `${kept}pk,d1,secr`);
    const { code, stderr } = await inProcess(argsOf(fileOf(namesOf(3)), out), ENV);
    expect({ code, stderr }).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('half a row at its end'),
    });
    expect(readFileSync(out, 'utf8').replace(kept, '')).toMatch(/^pk,d1,\w{32}\npk,d2,\w{32}\n$/);
  });

  it('loses no row that another wrote after the list was looked at', async () => {
    const out = nextOut();
    const theirs = 'productKey,deviceName,deviceSecret\npk,d0,secret-of-d0\n';
    const list = fileOf(namesOf(3));
    // The warning comes before the lock is taken.
    chmodSync(list, 0o644);
    const { code, stderr } = await inProcess(argsOf(list, out), ENV, () => {
      if (!existsSync(out)) writeFileSync(out, theirs);
    });
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('warning: ') });
    expect(readFileSync(out, 'utf8').replace(theirs, '')).toMatch(/^pk,d1,\w{32}\npk,d2,\w{32}\n$/);
  });

  it('takes the ProductSecret from a file, or from beside the device', async () => {
    const secret = fileOf(`${CANARY}\n`, 'secret.txt');
    const out = nextOut();
    const mixed = fileOf(`productKey,deviceName,productSecret\npk,d0,\npk,d1,wrong\n`);
    const { code, stdout } = await inProcess([
      ...argsOf(mixed, out),
      '--product-secret-file',
      secret,
      '--json',
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      counters: { registers_ok: 1, registers_failed: 1 },
      failures: [{ phase: 'connack', code: 'CONNACK 4', count: 1, examples: ['pk/d1'] }],
    });
  });

  it.each<[string, string, string]>([
    [
      'a wrong ProductSecret',
      'productKey,deviceName,productSecret\npk,d9,CANARY-wrong\n',
      'the ProductSecret',
    ],
    ['a device that is not listed', 'productKey,deviceName\npk,nobody\n', 'does not list'],
    ['registration switched off', 'productKey,deviceName\noff,d0\n', 'switched off'],
    ['an unknown product', 'productKey,deviceName\npk9,d0\n', 'rejected CONNACK 4'],
  ])('ends in 99 by %s, and says what to do', async (_what, list, hint) => {
    const { code, stdout, stderr } = await inProcess(argsOf(fileOf(list), nextOut()), ENV);
    expect({ code, stdout }).toMatchObject({ code: 99, stdout: expect.stringContaining(hint) });
    expect(stdout + stderr).not.toContain('CANARY');
  });

  it('ends in 99 by a threshold that failed, and by one without data', async () => {
    const args = argsOf(fileOf(namesOf(2)), nextOut());
    const failed = await inProcess([...args, '--threshold', 'register_latency max < 1us'], ENV);
    expect(failed).toMatchObject({
      code: 99,
      stdout: expect.stringContaining('✗ register_latency max < 1us  was'),
    });
    const passed = 'registers_failed count == 0';
    const nothing = await inProcess(
      [...args, '--threshold', 'register_latency p(99) < 1s', '--threshold', passed],
      ENV,
    );
    expect(nothing).toMatchObject({ code: 99, stdout: expect.stringContaining('no data') });
  });

  it('names the port that speaks no TLS, and the one where nothing listens', async () => {
    const plain = await startStandIn({ devices: new DeviceTableBuilder().build().shared });
    const url = plain.urls.tcp!.replace('mqtt:', 'mqtts:');
    const args = (target: string) => [
      'register',
      fileOf(namesOf(1)),
      '-o',
      nextOut(),
      '-t',
      target,
      '--ca',
      ca,
    ];
    const { code, stdout } = await inProcess(args(url), ENV);
    expect({ code, stdout }).toMatchObject({
      code: 99,
      stdout: expect.stringContaining('that is a plain port'),
    });
    await plain.close();
    const refused = await inProcess(args(url), ENV);
    expect(refused).toMatchObject({ code: 99, stdout: expect.stringContaining('tcp: refused ECONNREFUSED') });
  });

  it('says that no secret came of a device that was let in', async () => {
    const late = await startStandIn({
      devices: (() => {
        const builder = new DeviceTableBuilder();
        builder.add('pk', 'd0', '');
        return builder.build().shared;
      })(),
      products: new Map([['pk', { productSecret: CANARY, isRegistrationOn: true }]]),
      faults: { delay: { register: { kind: 'fixed', us: 60e6 } } } as never,
      tls: 0,
      certificate: 'ecdsa',
    });
    const own = fileOf(late.ca!, 'ca.pem');
    const args = ['register', fileOf(namesOf(1)), '-o', nextOut(), '-t', late.urls.tls!, '--ca', own];
    const { code, stdout } = await inProcess([...args, '--timeout', '300ms'], ENV);
    expect({ code, stdout }).toMatchObject({
      code: 99,
      stdout: expect.stringContaining('1 × reply: timeout'),
    });
    expect(stdout).toContain('run the same command again');
    await late.close();
  });

  it('keeps what was granted when it is stopped, and says so with 105', async () => {
    const out = nextOut();
    const running = startCli([...argsOf(fileOf(namesOf(300)), out), '--rate', '20/s', '--json'], ENV);
    await running.says('300 devices');
    while (!existsSync(out) || readFileSync(out, 'utf8').split('\n').length < 4)
      await new Promise((resolve) => setTimeout(resolve, 20));
    running.child.kill('SIGINT');
    const { code, stdout } = await running.finished;
    expect(code).toBe(105);
    const { outcome, counters } = JSON.parse(stdout);
    expect(outcome).toEqual({ state: 'aborted', reason: 'SIGINT' });
    expect(counters.registers_ok).toBe(readFileSync(out, 'utf8').split('\n').length - 2);
    expect(counters.registers_started + counters.registers_cancelled).toBe(300);
  });

  it('ends in 112 where the list cannot be written on, which is whole', async () => {
    const out = nextOut();
    // A hundred rows of them are 4 KB.
    const list = fileOf(namesOf(130));
    const full = await cli([...argsOf(list, out), '--rate', '1000/s', '--json'], ENV, ulimit('f', 4));
    expect(full.code).toBe(112);
    expect(full.stderr).toContain(`could not write ${out}: EFBIG`);
    const { counters, failures } = JSON.parse(full.stdout);
    const text = readFileSync(out, 'utf8');
    expect(counters.registers_ok).toBeGreaterThan(0);
    expect(text.slice(0, text.lastIndexOf('\n')).split('\n').length - 1).toBeGreaterThanOrEqual(
      counters.registers_ok,
    );
    expect(failures).toMatchObject([
      { code: 'not kept', hint: expect.stringContaining('could not be written') },
    ]);
    const rest = await inProcess([...argsOf(list, out), '--rate', '1000/s', '--json'], ENV);
    expect(rest.code).toBe(0);
    expect(readFileSync(out, 'utf8').split('\n').length - 2).toBe(130);
  });

  it('lets no other write the same list meanwhile', async () => {
    const out = nextOut();
    const args = [...argsOf(fileOf(namesOf(300)), out), '--rate', '10/s'];
    const first = startCli(args, ENV);
    await first.says('300 devices');
    const second = await inProcess(args, ENV);
    expect(second).toMatchObject({
      code: 104,
      stderr: expect.stringContaining(`is being written by another register (process ${first.child.pid})`),
    });
    first.child.kill('SIGTERM');
    expect((await first.finished).code).toBe(105);
  });

  it('tells all that is wrong at once, and opens nothing', async () => {
    const out = fileOf('shopping: milk\n', 'out.csv');
    const before = standIn.counts().connections_accepted;
    const list = fileOf(namesOf(2));
    const { code, stderr } = await inProcess(
      ['register', list, '--out', out, '--target', standIn.urls.tls!, '--ca', out],
      { MQTT_FLEET_PRODUCT_SECRET: '' },
    );
    expect(code).toBe(104);
    expect(stderr).toContain('MQTT_FLEET_PRODUCT_SECRET is empty');
    const more = await inProcess([
      'register',
      list,
      '--out',
      out,
      '--target',
      standIn.urls.tls!,
      '--ca',
      out,
    ]);
    expect(more.code).toBe(104);
    expect(more.stderr).toContain(`${out}:1: is there already, and is no list that this command has written`);
    expect(more.stderr).toContain(`${list}: no ProductSecret for pk (put it into a file`);
    expect(more.stderr).toContain('--ca: ');
    expect(more.stderr).toContain('3 problems; nothing was opened');
    expect(readFileSync(out, 'utf8')).toBe('shopping: milk\n');
    expect(standIn.counts().connections_accepted).toBe(before);
  });

  it('tells what is wrong with flags and list together', async () => {
    const list = fileOf('productKey,deviceName\npk,\n,d1\n');
    const { code, stderr } = await inProcess(
      ['register', list, '-o', 'x.txt', '-t', 'mqtt://h', '--rate', '0/s', '--threshold', 'nonsense'],
      ENV,
    );
    expect(code).toBe(104);
    for (const said of [
      `${list}:2: deviceName is empty`,
      `${list}:3: productKey is empty`,
      '--out: does not end in .csv',
      '--target: is not over TLS',
      '--rate: is not above 0',
      '--threshold: write a metric',
    ])
      expect(stderr).toContain(said);
  });

  it('has no use for the id of an instance over HTTPS, and says so', async () => {
    const args = ['register', fileOf(namesOf(2)), '-o', nextOut(), '-t', 'cn-shanghai'];
    const { code, stderr } = await inProcess([...args, '--instance-id', 'iot-x'], ENV);
    expect(code).toBe(104);
    expect(stderr).toContain('--instance-id: is for --method mqtt and mqtt-nwl');
  });

  it('goes beyond what the platform documents only with --yes', async () => {
    const { code, stderr } = await inProcess(
      [
        'register',
        fileOf(namesOf(2)),
        '-o',
        nextOut(),
        '-t',
        'cn-shanghai',
        '--method',
        'mqtt',
        '--rate',
        '600/s',
      ],
      ENV,
    );
    expect(code).toBe(104);
    expect(stderr).toContain('region cn-shanghai is neither on this machine nor in a private network');
    expect(stderr).toContain('connects/s: 600, where the platform documents 500 per account');
  });

  describe('over HTTPS', () => {
    const over = (list: string, out = nextOut()): string[] => [
      ...['register', fileOf(list), '-o', out, '-t', `https://127.0.0.1:${standIn.httpPort}`, '--ca', ca],
    ];

    it('writes what the service answers', async () => {
      const out = nextOut();
      const { code, stdout } = await inProcess([...over(namesOf(20), out), '--rate', '100/s', '--json'], ENV);
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({
        method: 'https',
        counters: { registers_ok: 20, registers_failed: 0 },
        trends: { register_latency: { count: 20 } },
      });
      expect(readFileSync(out, 'utf8')).toMatch(
        /^productKey,deviceName,deviceSecret\n(?:pk,d\d+,\w{32}\n){20}$/,
      );
    });

    it.each<[string, string, string]>([
      ['HTTPS 6600', 'pk,d9,CANARY-wrong', 'check the ProductSecret'],
      ['HTTPS 5001', `pk,nobody,${CANARY}`, 'the product does not list this device'],
      ['HTTPS 6288', `off,d0,${CANARY}`, 'switched off'],
      ['HTTPS 6250', `pk9,d0,${CANARY}`, 'no such product'],
    ])('says what %s means', async (refusal, row, hint) => {
      const { code, stdout, stderr } = await inProcess(over(`productKey,deviceName,productSecret\n${row}\n`));
      expect(code).toBe(99);
      expect(stdout).toContain(`1 × auth: rejected ${refusal}`);
      expect(stdout).toContain(hint);
      expect(stdout + stderr).not.toContain('CANARY');
    });

    const failureOf = async (args: string[]) => {
      const { code, stdout } = await inProcess([...args, '--json', '--quiet'], ENV);
      expect(code).toBe(99);
      const [{ phase, kind, code: said, hint }] = JSON.parse(stdout).failures;
      return [`${phase} ${kind} ${said}`.trim(), hint];
    };

    it('says so where there is no such service', async () => {
      const elsewhere = over(namesOf(1)).map((arg) => (arg.startsWith('https:') ? `${arg}/nothing` : arg));
      expect(await failureOf(elsewhere)).toEqual([
        'auth rejected HTTPS status 404',
        expect.stringContaining('--target'),
      ]);
    });

    it('says so where the certificate is of nobody that is trusted', async () => {
      const [failure, hint] = await failureOf(over(namesOf(1)).slice(0, -2));
      expect(failure).toMatch(/^auth certificate /);
      expect(hint).toContain('--ca');
    });

    it('says so where nothing listens, or no answer comes in time', async () => {
      const late = await startStandIn({
        devices: new DeviceTableBuilder().build().shared,
        faults: { delay: { register: { kind: 'fixed', us: 60e6 } } } as never,
        http: 0,
        certificate: 'ecdsa',
      });
      const at = [
        ...over(namesOf(1)).slice(0, 4),
        '-t',
        `https://127.0.0.1:${late.httpPort}`,
        '--ca',
        fileOf(late.ca!, 'ca.pem'),
      ];
      expect(await failureOf([...at, '--timeout', '300ms'])).toEqual([
        'auth timeout',
        expect.stringContaining('run the same command again'),
      ]);
      await late.close();
      expect(await failureOf(at)).toEqual([
        'auth refused ECONNREFUSED',
        expect.stringContaining('nothing listens'),
      ]);
    });
  });
});
