/** What only one platform has stands in its folder: the texts of a login, by which it is made and recognised. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const SRC = fileURLToPath(new URL('../../../src', import.meta.url));

/** It makes no login and lets nobody in: it names what a wrong password was meant for, other clouds' among it. */
const NAMES_MISTAKES = 'platform/aliyun/explain/';

const SOURCES = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({
    name: name.split(sep).join('/'),
    code: withoutComments(readFileSync(join(SRC, name), 'utf8')),
  }));

/** In comments any room may speak of another. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
}

const ALONE: Record<string, string[]> = {
  aliyun: [
    'timestamp${',
    'random${',
    ',signmethod=',
    ',authType=',
    'devicename|hmacsha256',
    '/ext/regnwl',
    '/ext/auth/identity/response',
    '.iot-as-mqtt.',
    '.itls.',
    'iotToken',
  ],
  'clouds/apsaramq': ['DeviceCredential', '@@@'],
  'clouds/azure': ['SharedAccessSignature', '?api-version=', '.azure-devices.net'],
  'clouds/baidu': ['thingidp@'],
  'clouds/huawei': ['_0_'],
  'clouds/onenet': ['2018-10-31'],
  'clouds/tencent': ['12010126', 'iotcloud.tencentdevices.com'],
  'clouds/yudao': ['deviceSecret${'],
  'plain/jwt': ["'jose'"],
};

describe.each(Object.entries(ALONE))('%s alone has', (folder, texts) => {
  it.each(texts)('%s', (text) => {
    const having = SOURCES.filter(({ code }) => code.includes(text)).map(({ name }) => name);
    const own = having.filter((name) => name.startsWith(`platform/${folder}/`));
    expect(own).not.toEqual([]);
    const others = having.filter((name) => !own.includes(name) && !name.startsWith(NAMES_MISTAKES));
    expect(others).toEqual([]);
  });
});
