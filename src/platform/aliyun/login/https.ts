/** HTTPS first, then MQTT (先HTTPS发送授权后再连接MQTT): the device signs a form, and connects with the token that it is given [guide]. */
import { isOwnHost } from '../../../machine/own-network.ts';
import { FleetError } from '../../../model/errors.ts';
import type { Auth, Signmethod, Timestamp } from '../../../model/scenario.ts';
import { isAddress } from '../../../model/target.ts';
import type { Credentials } from '../../login.ts';
import type { LoginMethod } from '../../login-method.ts';
import { DEVICENAME_PATH } from '../service-path.ts';
import { contentOf, hmacHex, timestampText } from '../signing/credentials.ts';
import { hmac } from './hmac.ts';
import { refusedBy } from './refused-request.ts';

export interface HttpsSettings extends Auth {
  method: 'https';
  signmethod: Signmethod;
  timestamp: Timestamp;
  keepAlive: boolean;
  resources: boolean;
  extension: boolean;
}

const OTHER_ADDRESS =
  'the connection ended before MQTT began. Where to connect, the service says, and its port may be for TLS only, or for plain TCP only: write mqtts:// or mqtt:// in the target, or `resources: false` in `auth` to keep to the address of the target';

export const https = {
  name: 'https',
  settings: () => import('./https-settings.ts'),
  names: hmac.names,
  nameFrom: hmac.nameFrom,
  columns: hmac.columns,
  hints: {
    'connack closed': OTHER_ADDRESS,
    'connack reset': OTHER_ADDRESS,
    'tls closed': OTHER_ADDRESS,
    'tls reset': OTHER_ADDRESS,
  },
  word: ({ signmethod }) => `https, ${signmethod}`,
  service: {
    path: DEVICENAME_PATH,
    urlOf: (target) =>
      target.kind === 'region'
        ? `https://iot-auth.${target.region}.aliyuncs.com${DEVICENAME_PATH}`
        : undefined,
    consent: JSON.stringify({
      code: 200,
      data: { iotId: 'iotId', iotToken: 'iotToken' },
      message: 'success',
    }),
  },
  async prepare({ signmethod, timestamp, url, keepAlive, resources, extension }, devices, tls) {
    if (url === undefined) throw new FleetError('harness', 'auth: https has no url');
    // Who signs in otherwise does not load it.
    const { FormRequests } = await import('./form-request.ts');
    const requests = new FormRequests(url, keepAlive, tls);
    const serviceHost = new URL(url).hostname;
    return (device, row, { protocol, host, localAddress }, epochMs, attempt) => {
      const time = timestampText(timestamp, epochMs);
      // What it names is a host and a port for MQTT without a WebSocket around it.
      const asked = resources && (protocol === 'mqtt' || protocol === 'mqtts') ? '&resources=mqtt' : '';
      const sign = hmacHex(signmethod, devices.secret(row), contentOf(device, time));
      const form = `${signedForm(device, time)}&signmethod=${signmethod}&sign=${sign}&version=default${asked}`;
      const mqttClientId = extension ? extendedId(device.clientId, signmethod, time) : device.clientId;
      // Whoever runs it has agreed to load what the scenario names, and nobody else.
      const mayBe = (there: string): boolean => isOwnHost(there) || there === serviceHost || !isOwnHost(host);
      attempt.enter('auth');
      return requests
        .post(form, localAddress, attempt)
        .then((answer) => credentialsIn(answer, mqttClientId, asked === '' ? undefined : mayBe));
    };
  },
} satisfies LoginMethod<HttpsSettings>;

export function isHttps(auth: Auth): auth is HttpsSettings {
  return auth.method === https.name;
}

type Names = Parameters<typeof contentOf>[0];

/** All that is in the form and signed; the rest of it is not. */
function signedForm({ productKey, deviceName, clientId }: Names, time: string | undefined): string {
  const names = `productKey=${encodeURIComponent(productKey)}&deviceName=${encodeURIComponent(deviceName)}`;
  const form = `${names}&clientId=${encodeURIComponent(clientId)}`;
  return time === undefined ? form : `${form}&timestamp=${time}`;
}

/** As the C SDK has it [sdk]. */
function extendedId(clientId: string, signmethod: Signmethod, time: string | undefined): string {
  const timestamp = time === undefined ? '' : `timestamp=${time},`;
  return `${clientId}|securemode=-1,${timestamp}signmethod=${signmethod},gw=0|`;
}

/** Of an answer that may be anything; nothing of what it holds goes into a message, but its code. */
function credentialsIn(
  answer: unknown,
  mqttClientId: string,
  mayBeAddress: ((host: string) => boolean) | undefined,
): Credentials {
  const { code, data } = (answer ?? {}) as { code?: unknown; data?: unknown };
  if (!Number.isSafeInteger(code)) throw refusedBy('no code', 'protocol');
  if (code !== 200) throw refusedBy(String(code));
  const { iotId, iotToken, resources } = (data ?? {}) as Record<string, unknown>;
  if (!isCredential(iotId) || !isCredential(iotToken)) throw refusedBy('no token', 'protocol');
  const credentials: Credentials = { mqttClientId, username: iotId, password: iotToken };
  if (mayBeAddress === undefined || resources === undefined) return credentials;
  const address = addressIn(resources);
  if (!mayBeAddress(address.host)) throw refusedBy('other network', 'protocol');
  return { ...credentials, address };
}

function addressIn(resources: unknown): NonNullable<Credentials['address']> {
  const { mqtt } = (resources ?? {}) as { mqtt?: { host?: unknown; port?: unknown } };
  const { host, port } = mqtt ?? {};
  const isGiven = typeof host === 'string' && typeof port === 'number';
  if (!isGiven || !isAddress(host, port)) throw refusedBy('no address', 'protocol');
  return { host, port };
}

/** A text that CONNECT can carry [MQTT-1.5.3-1, MQTT-1.5.3-2]. */
function isCredential(value: unknown): value is string {
  if (typeof value !== 'string' || value === '') return false;
  return Buffer.byteLength(value) <= MOST_TEXT_BYTES && !/[\0\p{Surrogate}]/u.test(value);
}

/** The length of a text has two bytes (1.5.3). */
const MOST_TEXT_BYTES = 65_535;
