/** Mistakes in which something else was signed than a login: another request, another platform's content, another moment, a pair too many. */
import { hmacHex } from '../signing/credentials.ts';
import {
  type GivenLogin,
  hmacOf,
  type Mistake,
  paramsOf,
  passwordOf,
  rightContent,
} from './password-parts.ts';
import { contentOfParams } from './signed-content.ts';

/** What a registration signs for its `random` where the client id does not carry it: those of the documentation and of the C SDK [sdk]. */
const USUAL_RANDOMS = ['567345', '8Ygb7ULYh53B6OA', ...Array.from({ length: 100 }, (_, n) => String(n))];

/** A timestamp in seconds has ten digits, one in milliseconds thirteen: less is salt, and was not read from a clock. */
const LEAST_CLOCK = 1e9;
const LEAST_CLOCK_MS = 1e12;
const MOST_APART_MS = 2_000;
const MOST_PAIRS_CHOSEN = 8;

export const EXTRA_MISTAKES = [
  {
    id: 'extra-pair-in-content',
    explanation:
      'A pair of the client id was signed that is not signed: of its pairs, only the timestamp is. clientId, deviceName and productKey are the rest.',
    passwords: (login) => {
      const extra = [...login.pairs].filter(([name]) => name !== 'timestamp');
      return choicesOf(extra).flatMap((pairs) => withParams(login, Object.fromEntries(pairs)));
    },
  },
  {
    id: 'https-params-in-content',
    explanation:
      'resources or version was signed. They are of the HTTPS request for a token, and not signed there either.',
    passwords: (login) => {
      const [resources, version] = [{ resources: 'mqtt' }, { version: 'default' }];
      return [resources, version, { ...resources, ...version }].flatMap((params) =>
        withParams(login, params),
      );
    },
  },
  {
    id: 'registration-content',
    explanation:
      'The content is that of a dynamic registration (deviceName, productKey, random). A login signs clientId, deviceName, productKey and ' +
      'timestamp, with the DeviceSecret that the registration gave.',
    passwords: ({ triple, signmethod, pairs, timestamp, productSecret }) => {
      const { productKey, deviceName, deviceSecret } = triple;
      const keys = productSecret === undefined ? [deviceSecret] : [deviceSecret, productSecret];
      const known = [undefined, pairs.get('random'), timestamp];
      return keys.flatMap((key) =>
        [...new Set([...known, ...USUAL_RANDOMS])].map((random) =>
          hmacHex(signmethod, key, contentOfParams({ deviceName, productKey, random })),
        ),
      );
    },
  },
  {
    id: 'yudao-content',
    explanation:
      'The DeviceSecret was signed as a parameter: that is the content of the yudao (ruoyi) platform. Aliyun signs clientId, deviceName, ' +
      'productKey and timestamp, and the DeviceSecret is the key only.',
    passwords: (login) => {
      const { productKey, deviceName, deviceSecret } = login.triple;
      const clientIds = [login.triple.clientId, `${productKey}.${deviceName}`, login.mqttClientId];
      return clientIds.flatMap((clientId) => {
        const content = contentOfParams({ clientId, deviceName, deviceSecret, productKey });
        const timed = contentOfParams({ ...paramsOf(login), clientId, deviceSecret });
        return [...new Set([login.signmethod, 'hmacsha256'] as const)].flatMap((signmethod) =>
          [content, timed].map((message) => hmacHex(signmethod, deviceSecret, message)),
        );
      });
    },
  },
  {
    id: 'clock-read-twice',
    explanation:
      'The timestamp signed is some moments before or after the one in the client id: the clock was read twice. Read it once and use the ' +
      'value twice.',
    passwords: (login) =>
      timestampsAbout(login.timestamp).map((timestamp) => passwordOf({ ...login, timestamp })),
  },
] as const satisfies readonly Mistake[];

/** All choices of some pairs; of very many only each alone and all of them, since the choices of ten are a thousand. */
function choicesOf(pairs: [string, string][]): [string, string][][] {
  if (pairs.length > MOST_PAIRS_CHOSEN) return [...pairs.map((pair) => [pair]), pairs];
  return Array.from({ length: 2 ** pairs.length }, (_, bits) =>
    pairs.filter((_, at) => (bits >> at) % 2 === 1),
  );
}

/** In dictionary order with the others, and after them. */
function withParams(login: GivenLogin, params: Readonly<Record<string, string>>): string[] {
  if (Object.keys(params).length === 0) return [];
  const appended = Object.entries(params).map(([name, value]) => `${name}${value}`);
  return [
    hmacOf(login, contentOfParams({ ...paramsOf(login), ...params })),
    hmacOf(login, rightContent(login) + appended.join('')),
  ];
}

/** Of a moment up to two seconds away, in the unit of the timestamp and in the other. */
function timestampsAbout(timestamp: string | undefined): string[] {
  const value = Number(timestamp);
  if (timestamp === undefined || !/^\d{10,16}$/.test(timestamp) || value < LEAST_CLOCK) return [];
  const isMs = value >= LEAST_CLOCK_MS;
  const ms = isMs ? value : value * 1e3;
  const lastMs = ms + MOST_APART_MS + (isMs ? 0 : 999);
  const others: string[] = [];
  for (let about = Math.floor((ms - MOST_APART_MS) / 1e3); about <= lastMs / 1e3; about++)
    others.push(String(about));
  for (let about = ms - MOST_APART_MS; about <= lastMs; about++) others.push(String(about));
  return others;
}
