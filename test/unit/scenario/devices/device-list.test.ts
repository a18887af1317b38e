import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { generatedName, generatedSecret } from '../../../../src/model/devices/generated-devices.ts';
import { formatProblem } from '../../../../src/model/errors.ts';
import { aliyun } from '../../../../src/platform/aliyun/aliyun.ts';
import { hmac } from '../../../../src/platform/aliyun/login/hmac.ts';
import { readDevices } from '../../../../src/scenario/devices/device-list.ts';
import { listFormOf } from '../../../../src/scenario/devices/list-form.ts';

const folder = mkdtempSync(join(tmpdir(), 'mqtt-fleet-'));
afterAll(() => rmSync(folder, { recursive: true }));

const CANARY = 'canary5ecret';
const HEADER = 'productKey,deviceName,deviceSecret';

async function read(name: string, content: string | Buffer, count?: number) {
  const file = join(folder, name);
  writeFileSync(file, content);
  const source =
    count === undefined ? { kind: 'file' as const, file } : { kind: 'file' as const, file, count };
  const { devices, problems } = await readDevices(source, { shownAs: name });
  const rows = Array.from({ length: devices.count }, (_, row) => devices.triple(row));
  return { rows, problems: problems.map(formatProblem) };
}

const device = (deviceName: string, clientId = `pk.${deviceName}`) => ({
  productKey: 'pk',
  deviceName,
  deviceSecret: 's',
  clientId,
});

/** In full: what a list of another form is answered with. */
describe('a list of somebody else’s form is named', () => {
  const [object, wrapped] = [
    `{"productKey":"pk","deviceName":"d1","deviceSecret":"${CANARY}"}`,
    `{"DeviceName":"d1","Secret":"${CANARY}"}`,
  ];
  it.each([
    [
      'x.csv',
      `Device,Secret,Product\nd1,${CANARY},pk\n`,
      ['(did you mean deviceName?)', '(did you mean deviceSecret?)', '(did you mean productKey?)'],
    ],
    [
      'x.csv',
      `id,status\n${CANARY},1\n`,
      ['the first line names none of productKey, deviceName, deviceSecret'],
    ],
    [
      'x.csv',
      `clientId,note\n${CANARY},1\n`,
      ['the first line names none of productKey, deviceName, deviceSecret'],
    ],
    ['x.csv', `a1B2c3D4,device-0001,${CANARY}\n`, ['the list seems to have no header (the first line names']],
    [
      'x.csv',
      `userName,password,clientId\nd1&pk,${CANARY},c\n`,
      ['the list is not for auth: hmac (its columns are those of auth: password)'],
    ],
    ['x.csv', `设备,密钥,产品\nd1,${CANARY},pk\n`, ['"设备" (did', '"密钥" (did', '"产品" (did']],
    [
      'x.csv',
      Buffer.from([0xb2, 0x2c, 0xff, 0x0a]),
      ['the header is neither UTF-8 nor GBK (save it as UTF-8)'],
    ],
    [
      'x.csv',
      `DeviceName,DeviceSecret\nd1,${CANARY}\n`,
      [
        'the column productKey is missing (where all are of one product, the scenario can say it: devices.productKey)',
      ],
    ],
    [
      'x.csv',
      Buffer.from('PK\u0003\u0004\u0014\0\0\0'),
      ['the list is an Excel workbook, or another zip file (save it as CSV in UTF-8, and name that)'],
    ],
    ['x.csv', Buffer.from(HEADER, 'utf16le'), ['the list is UTF-16 (save it as UTF-8)']],
    ['x.jsonl', Buffer.from([0x1f, 0x8b, 8, 0]), ['the list is compressed (unpack it: gunzip)']],
    ['x.xlsx', '', ['a device list is a text, and no workbook (save it as CSV in UTF-8)']],
    ['x.json', `${object}\n${object}\n`, ['the list has a JSON object on each line (name it .jsonl)']],
    [
      'x.json',
      `{"${CANARY}!":[${wrapped}]}`,
      ['device 1: unknown key "Secret", did you mean deviceSecret?; the key productKey'],
    ],
    [
      'x.json',
      `{"Success":true,"Data":{"x":["${CANARY}"]}}`,
      ['a JSON device list is an array: [{"productKey": …}]'],
    ],
    [
      'x.json',
      `{"clientId":"c|a=1|","username":"d&p","passwd":"${CANARY}"}`,
      ['the list is not for auth: hmac (its columns are those of auth: password)'],
    ],
    ['x.json', '"text"', ['a JSON device list is an array: [{"productKey": …}]']],
    ['x.jsonl', `[${object}]\n`, ['a list in [ ] is no JSON lines; name the file .json']],
    [
      'x.json',
      `[${wrapped}]`,
      ['device 1: unknown key "Secret", did you mean deviceSecret?; the key productKey is missing'],
    ],
  ])('%s %j', async (name, content, expected) => {
    const { problems } = await read(name, content);
    expect(problems).toEqual(expected.map((each) => expect.stringContaining(each)));
    expect(problems.join()).not.toContain(CANARY);
  });
});

it.skipIf(process.platform === 'win32')(
  'a list that every user of the machine may read is warned of',
  async () => {
    const file = join(folder, 'open.csv');
    writeFileSync(file, `${HEADER}\npk,d1,s\n`);
    const warningsAt = async (mode: number): Promise<string[]> => {
      chmodSync(file, mode);
      return (await readDevices({ kind: 'file', file }, { shownAs: 'open.csv' })).warnings.map(formatProblem);
    };
    expect(await warningsAt(0o600)).toEqual([]);
    expect(await warningsAt(0o640)).toEqual([]);
    expect(await warningsAt(0o644)).toEqual([
      'open.csv: the device list open.csv may be read by every user of this machine (chmod 600)',
    ]);
  },
);

describe('lists that are made to take long', () => {
  it('leave room for a signal while they are read', async () => {
    const file = join(folder, 'long.json');
    const devices = Array.from({ length: 20_000 }, (_, n) => ({ ...device(`d${n}`), deviceSecret: 's' }));
    writeFileSync(file, JSON.stringify(devices));
    let turns = 0;
    let isDone = false;
    const count = (): void => {
      turns++;
      if (!isDone) setImmediate(count);
    };
    const reading = readDevices({ kind: 'file', file });
    // From when the text is there: what comes before it are turns anyhow.
    const before = await new Promise<number>((resolve) => {
      const original = JSON.parse;
      JSON.parse = (...args) => {
        JSON.parse = original;
        setImmediate(count);
        resolve(turns);
        return original(...args);
      };
    });
    expect((await reading).devices.count).toBe(20_000);
    isDone = true;
    expect(turns - before).toBeGreaterThanOrEqual(4);
  });

  it.each([
    ['x.csv', `${HEADER}\n"${'x'.repeat(10_000_000)}`, 'a row of more than 65536 characters'],
    ['x.csv', `${'a,'.repeat(10_000_000)}`, 'a row of more than 65536 characters'],
    ['x.csv', `${HEADER}\n${'\0'.repeat(10_000_000)}`, 'a row of more than 65536 characters'],
    ['x.csv', `${HEADER}\n${'pk,,s\n'.repeat(300_000)}`, '… and 299980 more: empty deviceName'],
    ['x.csv', `${HEADER}\n${'pk,d,s\n'.repeat(300_000)}`, '… and 299979 more: device listed twice'],
    ['x.jsonl', 'x'.repeat(10_000_000), 'this line is too long for one device'],
    ['x.jsonl', `${'['.repeat(900_000)}\n`, 'a list in [ ]'],
    ['x.json', '['.repeat(10_000_000), 'this is not valid JSON'],
    ['x.json', `{${'"a":{'.repeat(1_000_000)}`, 'a JSON device list is an array'],
    [
      'x.json',
      `[{${Array.from({ length: 200_000 }, (_, n) => `"devicename${n}":1`)}}]`,
      'the key productKey is missing',
    ],
  ])('%s too long for anyone to write is answered, %#', async (name, content, expected) => {
    expect((await read(name, content)).problems.join('\n')).toContain(expected);
  });
});

describe('good lists', () => {
  it.each([
    ['plain.csv', `${HEADER}\npk,d1,s\npk,d2,s\n`],
    ['bom-crlf.csv', `\ufeff${HEADER}\r\npk,d1,s\r\n\r\npk,d2,s`],
    ['console-names.CSV', 'DeviceName,DeviceSecret,ProductKey,Status\nd1,s,pk,online\nd2,s,pk,\n'],
    ['snake.csv', 'product_key,device_name,device_secret\n"pk","d1","s"\npk,d2,s\n'],
    [
      'list.json',
      '\ufeff[ {"productKey":"pk","deviceName":"d1","deviceSecret":"s"},\n {"ProductKey":"pk","DeviceName":"d2","DeviceSecret":"s","clientId":null,"x":[1,"]"]}]\n',
    ],
    [
      'list.jsonl',
      '{"productKey":"pk","deviceName":"d1","deviceSecret":"s"}\r\n\r\n{"productKey":"pk","deviceName":"d2","deviceSecret":"s"}',
    ],
    [
      'list.ndjson',
      '{"productKey":"pk","deviceName":"d1","deviceSecret":"s"}\n{"productKey":"pk","deviceName":"d2","deviceSecret":"s"}\n',
    ],
  ])('%s', async (name, content) => {
    expect(await read(name, content)).toEqual({ rows: [device('d1'), device('d2')], problems: [] });
  });

  it('takes the client id of the list, quotes and all', async () => {
    const list = `${HEADER},clientId\npk,d1,s,"a ""b"", c"\npk,d2,s,\n`;
    expect(await read('quotes.csv', list)).toEqual({
      rows: [device('d1', 'a "b", c'), device('d2')],
      problems: [],
    });
  });

  it.each([
    ['csv', `${HEADER}\npk,d1,s\npk,d2,s\nnot,a,row,at all\n"x"y\n${'more\n'.repeat(9)}`],
    [
      'json',
      '[{"productKey":"pk","deviceName":"d1","deviceSecret":"s"},{"productKey":"pk","deviceName":"d2","deviceSecret":"s"},no',
    ],
    [
      'jsonl',
      '{"productKey":"pk","deviceName":"d1","deviceSecret":"s"}\n{"productKey":"pk","deviceName":"d2","deviceSecret":"s"}\nno',
    ],
  ])('reads no further than count (%s)', async (extension, content) => {
    const { rows, problems } = await read(`count.${extension}`, content, 2);
    expect({ rows: rows.length, problems }).toEqual({ rows: 2, problems: [] });
  });
});

describe('lists as people have them', () => {
  const CHINESE = '产品Key,设备名称,设备密钥\npk,d1,s\npk,d2,s\n';
  const GBK = Buffer.from(
    'b2fac6b74b65792cc9e8b1b8c3fbb3c62cc9e8b1b8c3dcd4bf0a706b2c64312c730a706b2c64322c730a',
    'hex',
  );
  const DEVICES =
    '[{"DeviceName":"d1","DeviceSecret":"s","ProductKey":"pk"},{"DeviceName":"d2","DeviceSecret":"s","ProductKey":"pk"}]';
  it.each([
    ['semicolons.csv', `${HEADER}\npk,d1,s\npk,d2,s\n`.replaceAll(',', ';')],
    ['tabs.csv', `${HEADER}\npk,d1,s\npk,d2,s\n`.replaceAll(',', '\t')],
    ['tabs.tsv', `"productKey"\t"deviceName"\t"deviceSecret"\r\npk\td1\ts\r\npk\td2\ts\r\n`],
    ['bars.csv', `${HEADER}\npk,d1,s\npk,d2,s\n`.replaceAll(',', '|')],
    ['sep.csv', `sep=;\r\n${HEADER.replaceAll(',', ';')}\r\npk;d1;s\r\npk;d2;s\r\n`],
    ['sep-bom.csv', `\ufeffsep=,\r\n${HEADER}\r\npk,d1,s\r\npk,d2,s\r\n`],
    ['commas-within.csv', `${HEADER};x\npk;d1;s;"a,b"\npk;d2;s;\n`.replaceAll(/(?<=Key|Name),/g, ';')],
    ['chinese.csv', CHINESE],
    ['chinese-bom.csv', `\ufeff${CHINESE}`],
    ['certificate.csv', CHINESE.replace('设备密钥', '设备证书').replace('产品Key', '产品密钥')],
    ['both-keys.csv', '产品密钥,产品Key,设备名称,设备密钥\nx,pk,d1,s\nx,pk,d2,s\n'],
    ['gbk.csv', GBK],
    ['blanks.csv', ` ${HEADER.replaceAll(',', ' , ')} \n pk , d1 ,s \npk,\td2, s\n`],
    ['empty-rows.csv', `${HEADER}\n,,\npk,d1,s\npk,d2,s\n,,\n , ,\n,,,,\n`],
    ['list.txt', `${HEADER}\npk,d1,s\npk,d2,s\n`],
    ['json.txt', `\ufeff ${DEVICES}`],
    ['wrapped.json', `{"Success":true,"Data":{"DeviceInfo":${DEVICES}}}`],
    ['items.json', `{"code":200,"data":{"total":2,"items":${DEVICES}}}`],
    ['tags-first.json', `{"tags":[{"k":"v"}],"data":{"items":${DEVICES}}}`],
  ])('%s', async (name, content) => {
    expect(await read(name, content)).toEqual({ rows: [device('d1'), device('d2')], problems: [] });
  });

  it.each([
    ['one.json', '{"ProductKey":"pk","DeviceName":"d1","DeviceSecret":"s"}'],
    [
      'register.json',
      '{"RequestId":"x","Success":true,"Data":{"IotId":"y","ProductKey":"pk","DeviceName":"d1","DeviceSecret":"s","Nickname":""}}',
    ],
  ])('one device: %s', async (name, content) => {
    expect(await read(name, content)).toEqual({ rows: [device('d1')], problems: [] });
  });

  it('the product of all can be said once; a row’s own is believed', async () => {
    const file = join(folder, 'applied.json');
    writeFileSync(
      file,
      '{"ApplyDeviceList":{"ApplyDeviceInfo":[{"DeviceName":"d1","DeviceSecret":"s","IotId":"x"},{"DeviceName":"d2","DeviceSecret":"s","ProductKey":"own"}]}}',
    );
    const form = listFormOf(aliyun, hmac, { productKey: 'pk' });
    const { devices, problems } = await readDevices({ kind: 'file', file }, { form });
    expect(problems).toEqual([]);
    expect([devices.triple(0), devices.productKey(1)]).toEqual([device('d1'), 'own']);
  });

  it('says that it took a list for GBK, since nothing but its names can tell', async () => {
    const file = join(folder, 'gbk-named.csv');
    writeFileSync(file, GBK, { mode: 0o600 });
    const { warnings } = await readDevices({ kind: 'file', file }, { shownAs: 'gbk.csv' });
    expect(warnings.map(formatProblem)).toEqual([
      'gbk.csv:1: the list is not UTF-8 and was read as GBK (look whether its names are right, or save it as UTF-8)',
    ]);
  });

  it('counts the lines that it passed over', async () => {
    const { problems } = await read('sep.csv', `sep=;\n${HEADER.replaceAll(',', ';')}\n;;\n\npk;d1\n`);
    expect(problems).toEqual(['sep.csv:5: 2 fields where the header names 3 (separated by ";")']);
  });
});

describe('bad lists', () => {
  const row = (fields: string) => `${HEADER}\npk,d1,${CANARY}\n${fields}\n`;
  const long = 'n'.repeat(62);
  it.each([
    [
      'missing column',
      `productKey,deviceSecret\npk,${CANARY}\n`,
      'x.csv:1: the column deviceName is missing',
    ],
    [
      'misspelt column',
      `productKey,deviceNmae,deviceSecret\n`,
      'x.csv:1: unknown column "deviceNmae" (did you mean deviceName?)',
    ],
    [
      'misspelt optional column',
      `${HEADER},cleintId\n`,
      'x.csv:1: unknown column "cleintId" (did you mean clientId?)',
    ],
    [
      'a column that may not be shown',
      `productKey,deviceName,dev1ceSecret\n`,
      'x.csv:1: unknown column 3 (did you mean deviceSecret?)',
    ],
    [
      'column twice',
      `${HEADER},DeviceName\n`,
      'x.csv:1: the column deviceName is there twice, the second time as column 4 (the first line',
    ],
    ['no header', `pk,d1,${CANARY}\n`, 'x.csv:1: the first line names none of productKey'],
    [
      'other separators',
      `productKey;deviceName\npk;${CANARY}\n`,
      'x.csv:1: the column deviceSecret is missing',
    ],
    [
      'too few fields of another separator',
      `${HEADER.replaceAll(',', ';')}\npk;d1\n`,
      '2 fields where the header names 3 (separated by ";")',
    ],
    [
      'Excel’s texts',
      `${HEADER}\npk,="d1",${CANARY}\n`,
      'x.csv:2: a quote in the middle of a field (="…" is how Excel',
    ],
    ['empty', '', 'x.csv:1: the list is empty'],
    ['header only', `${HEADER}\n`, 'x.csv: the list names no device'],
    ['too few fields', row('pk,d2'), 'x.csv:3: 2 fields where the header names 3'],
    ['too many fields', row(`pk,d2,${CANARY},x`), 'x.csv:3: 4 fields where the header names 3'],
    ['after an empty line', row(`\n\npk,d2,${CANARY},x`), 'x.csv:5: 4 fields'],
    ['empty field', row(`pk,,${CANARY}`), 'x.csv:3: deviceName is empty'],
    ['empty secret', row('pk,d2,'), 'x.csv:3: deviceSecret is empty'],
    ['device twice', row(`pk,d2,${CANARY}\npk,d1,${CANARY}`), 'x.csv:4: this device is already on line 2'],
    ['NUL', row(`pk,d\u0000,${CANARY}`), 'x.csv:3: deviceName has a control character'],
    ['newline in a secret', row(`pk,d2,"${CANARY}\n"`), 'deviceSecret has a control character'],
    [
      'white space that is meant',
      row(`pk,d2,"${CANARY} "`),
      'x.csv:3: deviceSecret has white space around it',
    ],
    ['& in a name', row(`pk,d&2,${CANARY}`), 'x.csv:3: deviceName has one of & | / + #'],
    ['| in a key', row(`p|k,d2,${CANARY}`), 'x.csv:3: productKey has one of & | / + #'],
    [
      'a name too long',
      row(`pk,${long},${CANARY}`),
      'x.csv:3: the client id <productKey>.<deviceName> has 65 characters',
    ],
    ['open quote', row(`pk,"d2,${CANARY}`), 'a quote is opened and never closed'],
    ['text after a quote', row(`pk,"d2"x,${CANARY}`), 'x.csv:3: a closing quote is followed by'],
    ['not UTF-8', Buffer.from(row(`pk,d\u00e9,${CANARY}`), 'latin1'), 'x.csv:3: deviceName is not UTF-8'],
  ])('csv: %s', async (_name, content, expected) => {
    const { problems } = await read('x.csv', content);
    expect(problems.join('\n')).toContain(expected);
    expect(problems.join('\n')).not.toContain(CANARY);
  });

  it.each([
    ['x.csv', `${HEADER},clientId\npk,d1,${CANARY},a|b\n`, 'x.csv:2: clientId has a |'],
    [
      'x.csv',
      `${HEADER},clientId\npk,d1,${CANARY},${'c'.repeat(65)}\n`,
      'x.csv:2: clientId has 65 characters',
    ],
    ['x.json', '{}', 'x.json:1: a JSON device list is an array'],
    [
      'x.json',
      `[{"productKey":"pk","deviceName":"a","deviceSecret":"s"},{"productKey":"pk","deviceName":"","deviceSecret":"${CANARY}"}]`,
      'x.json:1: device 2: deviceName is empty',
    ],
    ['x.json', '[]', 'x.json: the list names no device'],
    ['x.json', '[\n{"productKey":"pk"}\n', 'x.json:3: the array is not closed'],
    ['x.json', '[\n{},\n]', 'x.json:3: a device is expected here'],
    ['x.json', '[1] x', 'x.json:1: there is something after the end'],
    [
      'x.json',
      `[\n\n  {"productKey": "pk", "deviceSecret": "${CANARY}}\n]`,
      'x.json:3: device 1: this is not valid JSON',
    ],
    [
      'x.json',
      `[{"productKey":"pk","deviceName":"a","deviceSecret":"s"},\n{"productKey":"pk","deviceName":"a","deviceSecret":"${CANARY}"}]`,
      'x.json:2: device 2: is device 1 again',
    ],
    [
      'x.jsonl',
      `{"productKey":"pk","deviceNam":"a","deviceSecret":"${CANARY}"}`,
      'x.jsonl:1: unknown key "deviceNam", did you mean deviceName?',
    ],
    [
      'x.jsonl',
      `{"productKey":"pk","deviceName":5,"deviceSecret":"${CANARY}"}`,
      'x.jsonl:1: deviceName is not a string',
    ],
    ['x.jsonl', `\n"${CANARY}"`, 'x.jsonl:2: a device is an object'],
    ['x.jsonl', `{"productKey":"${CANARY}`, 'x.jsonl:1: this is not valid JSON'],
    ['x.cvs', HEADER, 'its format by its extension (did you mean .csv?)'],
    ['x', HEADER, '(name it .csv, .txt, .json or .jsonl)'],
  ])('%s %j', async (name, content, expected) => {
    const { problems } = await read(name, content);
    expect(problems.join('\n')).toContain(expected);
    expect(problems.join('\n')).not.toContain(CANARY);
  });

  it.each(['x.csv', 'x.json', 'x.jsonl'])('%s in UTF-16 of either byte order', async (name) => {
    const littleEndian = Buffer.from(`\ufeff${HEADER}\npk,d1,${CANARY}\n`, 'utf16le');
    for (const content of [littleEndian, Buffer.from(littleEndian).swap16()]) {
      expect((await read(name, content)).problems).toEqual([
        `${name}:1: the list is UTF-16 (save it as UTF-8)`,
      ]);
    }
  });

  it('lists twenty of a kind and counts the rest', async () => {
    const list = `${HEADER}\n${'pk,,s\n'.repeat(50)}${'pk,d\n'.repeat(3)}`;
    const { problems } = await read('many.csv', list);
    expect(problems).toHaveLength(20 + 3 + 1);
    expect(problems.at(-1)).toBe('many.csv: … and 30 more: empty deviceName');
  });

  it('says how many there are when count asks for more', async () => {
    const { problems } = await read('few.csv', `${HEADER}\npk,d1,s\n`, 5);
    expect(problems).toEqual(['few.csv: few.csv has only 1 devices, fewer than count asks for']);
  });

  it.each([
    ['nowhere.csv', 'there is no such file'],
    ['.', 'its format'],
  ])('a file that cannot be read: %s', async (name, expected) => {
    const { problems } = await readDevices({ kind: 'file', file: join(folder, name) });
    expect(problems.map(formatProblem).join()).toContain(expected);
  });
});

describe('generated devices', () => {
  it('are the same in every process', async () => {
    const source = { kind: 'generate', productKey: 'pk', count: 3, prefix: 'd' } as const;
    const { devices, problems } = await readDevices(source);
    expect(problems).toEqual([]);
    expect(devices.triple(2)).toEqual({
      productKey: 'pk',
      deviceName: 'd000003',
      deviceSecret: generatedSecret('pk', 'd000003'),
      clientId: 'pk.d000003',
    });
    // A known answer: a stand-in of another version must derive the same.
    expect(generatedSecret('pk', 'd000003')).toBe('b2781226347e55fafc3aa642f15b0280');
    expect(generatedName('d', 1_000_000)).toBe('d1000000');
  });

  it('with names that cannot sign in are a problem', async () => {
    const source = { kind: 'generate', productKey: 'p&k', count: 3, prefix: 'd' } as const;
    const { problems } = await readDevices(source, { at: { file: 's.yaml', line: 3, column: 5 } });
    expect(problems.map(formatProblem).join()).toContain('s.yaml:3:5: productKey has one of & | / + #');
  });
});
