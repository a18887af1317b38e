/** Any MQTT broker: user name and password as they are given, or none at all, and no rule but those of MQTT and of the clients here. */
import { BROKER_LIMITS, MOST_STRING_BYTES } from '../broker-rules.ts';
import { JSON_ID } from '../json-id.ts';
import { byModule } from '../module/module.ts';
import type { Platform } from '../platform.ts';
import { STAND_IN_BROKER } from './accounts.ts';
import { jwt } from './jwt/jwt.ts';
import { none } from './none.ts';
import { password } from './password.ts';
import { x509 } from './x509.ts';

export const plain = {
  name: 'plain',
  title: 'a plain broker',
  who: 'MQTT',
  credentials: 'auth or the device list gives them',
  noQos2: 'the clients here speak QoS 0 and 1 only',
  standIn: STAND_IN_BROKER,
  methods: [password, none, x509, jwt, byModule([password, none])],
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
  limits: BROKER_LIMITS,
  hints: {},
  reply: JSON_ID,
  warn: () => {},
} satisfies Platform;
