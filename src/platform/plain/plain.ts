/** Any MQTT broker: user name and password as they are given, or none at all, and no rule but those of MQTT and of the clients here. */
import { JSON_ID } from '../json-id.ts';
import type { Platform } from '../platform.ts';
import { STAND_IN_BROKER } from './accounts.ts';
import { none } from './none.ts';
import { password } from './password.ts';
import { x509 } from './x509.ts';

const NONE = Number.POSITIVE_INFINITY;
/** MQTT 3.1.1, 1.5.3: a string has a length of two bytes. */
const MOST_STRING_BYTES = 65_535;

export const plain = {
  name: 'plain',
  title: 'a plain broker',
  who: 'MQTT',
  credentials: 'auth or the device list gives them',
  noQos2: 'the clients here speak QoS 0 and 1 only',
  standIn: STAND_IN_BROKER,
  methods: [password, none, x509],
  devices: {
    by: 'clientId',
    twice: 'two connections with one client id force each other offline',
    clientId: (deviceName) => deviceName,
    trouble: (name, value) =>
      Buffer.byteLength(value) > MOST_STRING_BYTES
        ? { kind: `${name} too long`, message: `${name} is longer than MQTT allows` }
        : undefined,
  },
  endpoint: {},
  limits: {
    keepaliveSec: [0, 65_535],
    clientIdCharacters: MOST_STRING_BYTES,
    // A client here takes packets of up to 1 MiB: the message with its topic must come back in one.
    messageBytes: 896 * 1024,
    subscriptions: NONE,
    topicsPerSubscribe: NONE,
    connectsPerMinute: NONE,
    messagesPerSec: [NONE, NONE],
    accountConnectsPerSec: NONE,
    accountMessagesPerSec: NONE,
    newInstanceDevices: NONE,
  },
  hints: {},
  reply: JSON_ID,
  warn: () => {},
} satisfies Platform;
