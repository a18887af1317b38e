/** Client ids that real devices send, over TCP: each with the password that is right for it. Who sends it stands in its row. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hmacHex } from '../../../src/platform/aliyun/signing/credentials.ts';
import { type StandIn, startStandIn } from '../../../src/stand-in/stand-in.ts';
import { DEVICES, returnCodeOf } from './fleet.ts';

let standIn: StandIn;
beforeAll(async () => {
  standIn = await startStandIn({ devices: DEVICES });
});
afterAll(() => standIn.close());

const C4 = '|timestamp=2524608000000,_ss=1,_v=sdk-c-4.1.0,securemode=3,signmethod=hmacsha256,ext=3,|';

/** The password of d1 for that client id, in whose pairs the timestamp has no blank about it. */
function passwordFor(mqttClientId: string): string {
  const [free] = mqttClientId.split('|');
  const timestamp = /timestamp=(\d*)/.exec(mqttClientId)?.[1];
  const content = `clientId${free}deviceNamed1productKeypk${timestamp === undefined ? '' : `timestamp${timestamp}`}`;
  const method =
    (['hmacsha256', 'hmacsha1'] as const).find((each) => mqttClientId.includes(each)) ?? 'hmacmd5';
  return hmacHex(method, 'secret-of-d1', content);
}

function codeOf(clientId: string, password = passwordFor(clientId), username = 'd1&pk'): Promise<number> {
  return returnCodeOf(standIn.urls.tcp!, { clientId, username, password, keepalive: 60, protocolVersion: 4 });
}

it.each([
  ['the console, used without TLS', 'x|securemode=2,signmethod=hmacsha1|'],
  ['the JavaScript SDK on Node', 'pk&d1|securemode=3,signmethod=hmacsha1,timestamp=1,lan=NodeJS,_v=1.2.8|'],
  ['the JavaScript SDK in WeChat', 'x|securemode=3,signmethod=hmacsha1,timestamp=1,lan=JS|WX,_v=1.2.8|'],
  ['the JavaScript SDK in Alipay', 'x|securemode=3,signmethod=hmacsha1,timestamp=1,lan=JS|Ali,_v=1.2.8|'],
  [
    'the JavaScript SDK in browsers',
    'x|securemode=3,signmethod=hmacsha1,timestamp=1,lan=JS|Broswer ,_v=1.2.8|',
  ],
  ['the older JavaScript SDK', 'x|securemode=3,\n        signmethod=hmacsha1,\n        timestamp=1|'],
  ['the C Link SDK 4', `pk.d1${C4}`],
  ['the C Link SDK 4 with an assigned client id', C4],
  [
    'the C Link SDK 3',
    'pk.d1|timestamp=2524608000000,_v=sdk-c-3.2.0,securemode=3,signmethod=hmacsha256,lan=C,_ss=1,gw=0,ext=0|',
  ],
  ['who leaves securemode out', 'x|signmethod=hmacsha1|'],
  ['who leaves a value out', 'x|securemode=3,signmethod=hmacsha1,lan=|'],
  ['who sends a word', 'x|securemode=3,signmethod=hmacsha1,foo|'],
  ['who sends a pair twice', 'x|securemode=3,signmethod=hmacsha1,ext=1,ext=3|'],
  ['who says nothing at all, which means hmacmd5', 'x||'],
])('takes %s', async (_, clientId) => {
  expect(await codeOf(clientId)).toBe(0);
});

it('takes the upper-case digits of C SDKs', async () => {
  expect(await codeOf(`pk.d1${C4}`, passwordFor(`pk.d1${C4}`).toUpperCase())).toBe(0);
});

describe('refuses still', () => {
  it.each<[string, string, number]>([
    ['a client id without |…|', 'x', 2],
    ['one without its closing |', 'x|securemode=3,signmethod=hmacsha1', 2],
    ['one whose last | is in a value', 'x|securemode=3,signmethod=hmacsha1,lan=JS|WX', 2],
    ['a free part of 65 characters', `${'c'.repeat(65)}|securemode=3,signmethod=hmacsha1|`, 2],
    ['a signmethod that is not offered', 'x|securemode=3,signmethod=sha256|', 2],
  ])('%s', async (_, clientId, code) => {
    expect(await codeOf(clientId)).toBe(code);
  });

  it.each<[string, string | undefined, string, number]>([
    ['a wrong password', 'f'.repeat(40), 'd1&pk', 4],
    ['a malformed user name', undefined, 'd1', 4],
    ['a device that is not there', undefined, 'd9&pk', 5],
  ])('%s', async (_, password, username, code) => {
    expect(await codeOf('x|securemode=2,signmethod=hmacsha1|', password, username)).toBe(code);
  });
});
