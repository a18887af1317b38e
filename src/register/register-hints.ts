/** What the platform means where a device registers [registration]: other things than where it signs in. */
import { hinterOf } from '../client/failure-hint.ts';
import { aliyun } from '../platform/aliyun/aliyun.ts';
import { NOT_KEPT } from './registrar.ts';

const WHAT_IS_WRONG =
  'the ProductSecret, a device that the product does not list, one that is activated already (its secret is not given again), or registration is switched off for the product; over HTTPS the platform says which';
const NOT_ANSWERED =
  'perhaps granted, and not heard: run the same command again, the platform gives a device that has not signed in yet another secret';

const HINTS = {
  ...aliyun.hints,
  'CONNACK 2': 'a bad parameter of the client id, an instance that needs --instance-id, or no TLS',
  'CONNACK 3': 'a fault of the platform’s, or the wrong region or instance',
  'CONNACK 4': WHAT_IS_WRONG,
  'CONNACK 5': WHAT_IS_WRONG,
  'HTTPS 460': 'the platform takes a parameter for malformed: check the names in the list',
  'HTTPS 500': 'a fault of the platform’s: run the same command again',
  'HTTPS 5001':
    'the product does not list this device: add it in the console first, or use --method mqtt-nwl',
  'HTTPS 6250': 'no such product here: check the productKey, and the region',
  'HTTPS 6288':
    'dynamic registration is switched off for this product: switch it on in the console (动态注册)',
  'HTTPS 6289':
    'the device is activated (it has signed in), and its secret is not given again: see the console, or delete the device and add it anew',
  'HTTPS 6292': 'the platform does not know this sign method: use --signmethod hmacsha256',
  'HTTPS 6600': 'the sign is wrong: check the ProductSecret (it is not the DeviceSecret)',
};

const NO_SERVICE =
  'what answers is no service where devices register: check --target, its host, port and path';

/** Of what came over HTTPS in place of a code, without its number. */
const HINT_OF_SERVICE: Readonly<Record<string, string>> = {
  'HTTPS redirect': 'the service has moved, and redirects are not followed: set --target to where it is',
  HTTPS: 'the platform refused; the number is its own code',
};

const HINT_OF_REPLY: Readonly<Record<string, string>> = {
  timeout: `let in, and no secret came within --timeout; ${NOT_ANSWERED}`,
  protocol: 'what came is no answer to a registration: is this the platform, or something like it?',
};

const hintOfLogin = hinterOf({ hints: HINTS });

export function hintOfRegistration(failure: { phase: string; kind: string; code: string }): string {
  if (failure.code === 'stopped') return NOT_ANSWERED;
  if (failure.code === NOT_KEPT)
    return 'granted, and it could not be written to --out: the same command asks for another, which the platform gives to a device that has not signed in yet';
  if (failure.phase === 'reply')
    return HINT_OF_REPLY[failure.kind] ?? `the connection ended; ${NOT_ANSWERED}`;
  if (Object.hasOwn(HINTS, failure.code)) return HINTS[failure.code as keyof typeof HINTS];
  return failure.phase === 'auth' ? hintOfRequest(failure) : inFlags(hintOfLogin(failure));
}

function hintOfRequest({ kind, code }: { kind: string; code: string }): string {
  if (kind === 'timeout') return `no answer within --timeout; ${NOT_ANSWERED}`;
  if (code.startsWith('HTTPS ')) return HINT_OF_SERVICE[code.replace(/ \d+$/, '')] ?? NO_SERVICE;
  // Of the connection: what it means there does not depend on what is asked over it.
  return inFlags(hintOfLogin({ phase: 'tcp', kind, code }));
}

/** The keys of a scenario by the names of the flags here. */
function inFlags(hint: string): string {
  return hint
    .replaceAll('`connect.timeout`', '--timeout')
    .replaceAll('`tls.ca`', '--ca')
    .replaceAll(', or `tls.servername` to its name', '')
    .replaceAll(': set `tls.servername` to one it has, or connect to that name', ': connect to that name');
}
