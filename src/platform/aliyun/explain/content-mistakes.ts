/** Mistakes in what is signed: a parameter too many, missing, misnamed, misplaced or of another value. */
import {
  base64Forms,
  hmacOf,
  joined,
  type Mistake,
  mqttClientIdOrders,
  orders,
  paramsOf,
  passwordOf,
  renamed,
  rightContent,
  signedPairs,
  withClientId,
  withOtherTimestamps,
} from './password-parts.ts';
import { contentOfParams } from './signed-content.ts';

export const CONTENT_MISTAKES = [
  {
    id: 'timestamp-only-in-clientid',
    explanation:
      'The client id carries a timestamp that was not signed. Sign it too, or leave it out of both.',
    passwords: (login) =>
      login.timestamp === undefined ? [] : [passwordOf({ ...login, timestamp: undefined })],
  },
  {
    id: 'timestamp-only-in-content',
    explanation:
      'A timestamp was signed that the client id does not carry. Add it there, or leave it out of both.',
    passwords: (login) => (login.timestamp === undefined ? withOtherTimestamps(login) : []),
  },
  {
    id: 'other-timestamp',
    explanation:
      'The timestamp signed is not the one in the client id: read the clock once and use the value twice.',
    passwords: (login) => (login.timestamp === undefined ? [] : withOtherTimestamps(login)),
  },
  {
    id: 'signmethod-in-content',
    explanation: 'signmethod was signed too. Only clientId, deviceName, productKey and timestamp are signed.',
    passwords: (login) => [
      hmacOf(login, contentOfParams({ ...paramsOf(login), signmethod: login.signmethod })),
      hmacOf(login, `${rightContent(login)}signmethod${login.signmethod}`),
    ],
  },
  {
    id: 'securemode-in-content',
    explanation: 'securemode was signed too. Only clientId, deviceName, productKey and timestamp are signed.',
    passwords: (login) => {
      const params = { ...paramsOf(login), securemode: String(login.securemode) };
      return [
        hmacOf(login, contentOfParams(params)),
        hmacOf(login, contentOfParams({ ...params, signmethod: login.signmethod })),
      ];
    },
  },
  {
    id: 'full-mqtt-clientid-signed',
    explanation: 'The whole MQTT client id was signed as clientId. Sign only the part before the first |.',
    passwords: (login) =>
      [login.mqttClientId, ...mqttClientIdOrders(login)].map((clientId) => withClientId(login, clientId)),
  },
  {
    id: 'other-clientid',
    explanation: 'The clientId signed is not the part before the first | of the client id sent.',
    passwords: (login) => {
      const { productKey: pk, deviceName: dn } = login.triple;
      const ids = [
        login.meant.clientId,
        dn,
        pk,
        `${pk}.${dn}`,
        `${pk}&${dn}`,
        `${dn}&${pk}`,
        `${pk}${dn}`,
        '',
      ];
      return ids.map((clientId) => withClientId(login, clientId));
    },
  },
  {
    id: 'clientid-not-signed',
    explanation: 'clientId was left out of the content. What the CONNECT carries must be signed.',
    passwords: (login) => [hmacOf(login, contentOfParams({ ...paramsOf(login), clientId: undefined }))],
  },
  {
    id: 'clientid-only',
    explanation:
      'Only the client id was signed. ApsaraMQ for MQTT signs so (in base64); the IoT Platform signs clientId, deviceName, ' +
      'productKey and timestamp, each with its name.',
    passwords: (login) =>
      [login.triple.clientId, login.mqttClientId].flatMap((message) => {
        const hex = hmacOf(login, message);
        return [hex, ...base64Forms(Buffer.from(hex, 'hex'))];
      }),
  },
  {
    id: 'unsorted',
    explanation: 'The parameters are not in dictionary order: clientId, deviceName, productKey, timestamp.',
    passwords: (login) => orders(signedPairs(login)).map((pairs) => hmacOf(login, joined(pairs, '', ''))),
  },
  {
    id: 'delimited',
    explanation:
      'The content has delimiters, as a query string has. Names and values follow each other directly.',
    passwords: (login) =>
      [
        ['=', '&'],
        ['=', ','],
        ['=', ''],
        [':', ','],
        ['', '&'],
        ['', ','],
        ['', '\n'],
      ].map(([equals, between]) => hmacOf(login, joined(signedPairs(login), equals!, between!))),
  },
  {
    id: 'values-only',
    explanation: 'The values were joined without their names.',
    passwords: (login) =>
      ['', '&', ','].map((between) =>
        hmacOf(
          login,
          signedPairs(login)
            .map(([, value]) => value)
            .join(between),
        ),
      ),
  },
  {
    id: 'typo-produc',
    explanation:
      'The content has the misprint "deviceproducypk" of a reprinted document: the name is "productKey", then its value.',
    passwords: (login) => [
      hmacOf(
        login,
        renamed(login, (name) => (name === 'productKey' ? 'producy' : name)),
      ),
    ],
  },
  {
    id: 'names-misspelt',
    explanation:
      'The names must be written clientId, deviceName, productKey, timestamp, in exactly these letters.',
    passwords: (login) => [
      hmacOf(
        login,
        renamed(login, (name) => name.toLowerCase()),
      ),
      hmacOf(
        login,
        renamed(login, (name) => name.charAt(0).toUpperCase() + name.slice(1)),
      ),
      hmacOf(
        login,
        renamed(login, (name) => name.replace(/[A-Z]/, (letter) => `_${letter.toLowerCase()}`)),
      ),
      hmacOf(
        login,
        renamed(login, (name) => (name === 'clientId' ? 'clientID' : name)),
      ),
    ],
  },
  {
    id: 'names-swapped',
    explanation: 'ProductKey and DeviceName are exchanged.',
    passwords: (login) => {
      const { productKey, deviceName } = login.triple;
      const swapped = { ...login.triple, productKey: deviceName, deviceName: productKey };
      return [passwordOf({ ...login, triple: swapped })];
    },
  },
] as const satisfies readonly Mistake[];
