/** The parts of which right and wrong passwords are built, for the table of mistakes. */
import type { Triple } from '../../../model/devices/device-table.ts';
import type { Signmethod } from '../../../model/scenario.ts';
import type { Securemode } from '../endpoint.ts';
import { contentOf, hmacHex } from '../signing/credentials.ts';

/** A login as the client id sent announces it, and beside it what the client may have signed instead. */
export interface GivenLogin {
  /** Its clientId is the one announced. */
  triple: Triple;
  signmethod: Signmethod;
  securemode: Securemode;
  timestamp: string | undefined;
  mqttClientId: string;
  /** All pairs of the client id. */
  pairs: ReadonlyMap<string, string>;
  /** What the client was told to use, where the client id sent says otherwise. */
  meant: { clientId: string; timestamp: string | undefined };
  productSecret: string | undefined;
}

export interface Mistake {
  id: string;
  /** Names no secret: it is printed. */
  explanation: string;
  /** What a client with this mistake sends as its password; several where the mistake has variants. */
  passwords(login: GivenLogin): string[];
}

/** Salts that clients send in place of the time: Link SDKs, LuatOS, and sub-second fractions of 0 to 999. */
const CONSTANT_TIMESTAMPS = [
  '2524608000000',
  '32472115200',
  ...Array.from({ length: 1000 }, (_, n) => String(n)),
];

type SignedWith = Pick<GivenLogin, 'triple' | 'signmethod' | 'timestamp'>;

export function passwordOf(login: SignedWith): string {
  return hmacOf(login, rightContent(login));
}

export function rightContent({ triple, timestamp }: SignedWith): string {
  return contentOf(triple, timestamp);
}

export function hmacOf({ triple, signmethod }: SignedWith, message: string): string {
  return hmacHex(signmethod, triple.deviceSecret, message);
}

export function withKey(login: SignedWith, key: string | Buffer): string {
  return hmacHex(login.signmethod, key, rightContent(login));
}

export function withClientId(login: SignedWith, clientId: string): string {
  return passwordOf({ ...login, triple: { ...login.triple, clientId } });
}

/** Also seconds for milliseconds and the other way round, the commonest way to have two clocks. */
export function withOtherTimestamps(login: GivenLogin): string[] {
  const known = [login.meant.timestamp, login.timestamp].filter((timestamp) => timestamp !== undefined);
  const scaled = known.flatMap((timestamp) => [timestamp.slice(0, -3), `${timestamp}000`]);
  return [...known, ...scaled, ...CONSTANT_TIMESTAMPS].map((timestamp) =>
    passwordOf({ ...login, timestamp }),
  );
}

export function base64Forms(bytes: Buffer): string[] {
  const padded = bytes.toString('base64');
  return [padded, padded.replace(/=+$/, ''), bytes.toString('base64url')];
}

export function paramsOf({ triple, timestamp }: SignedWith): Record<string, string | undefined> {
  const { clientId, deviceName, productKey } = triple;
  return { clientId, deviceName, productKey, timestamp };
}

type Pair = [name: string, value: string];

/** In dictionary order. */
export function signedPairs(login: SignedWith): Pair[] {
  return Object.entries(paramsOf(login)).filter((pair): pair is Pair => pair[1] !== undefined);
}

export function joined(pairs: Pair[], equals: string, between: string): string {
  return pairs.map(([name, value]) => `${name}${equals}${value}`).join(between);
}

export function renamed(login: SignedWith, rename: (name: string) => string): string {
  return joined(
    signedPairs(login).map(([name, value]) => [rename(name), value]),
    '',
    '',
  );
}

export function mqttClientIdOrders({ triple, signmethod, securemode, timestamp }: GivenLogin): string[] {
  const pairs = [`securemode=${securemode}`, `signmethod=${signmethod}`];
  if (timestamp !== undefined) pairs.push(`timestamp=${timestamp}`);
  return orders(pairs).map((order) => `${triple.clientId}|${order.join(',')}|`);
}

/** All orders of a short list: 24 of four. */
export function orders<T>(items: T[]): T[][] {
  if (items.length < 2) return [items];
  return items.flatMap((item, index) => orders(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));
}
