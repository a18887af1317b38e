/** OneNET of China Mobile (中国移动 OneNET), devices that sign in with a token. */
import { BROKER_LIMITS } from '../../broker-rules.ts';
import { JSON_ID } from '../../json-id.ts';
import { byModule } from '../../module/module.ts';
import type { Platform } from '../../platform.ts';
import { namesOf } from '../names.ts';
import { ONENET_STAND_IN } from './check.ts';
import { onenetTokenLogin } from './token-login.ts';

export const onenet = {
  name: 'onenet',
  title: 'OneNET',
  who: 'OneNET',
  credentials: 'credentials are signed with the device’s access key',
  noQos2: 'the clients here speak QoS 0 and 1 only',
  standIn: ONENET_STAND_IN,
  methods: [onenetTokenLogin, byModule([onenetTokenLogin])],
  devices: {
    by: 'names',
    twice: 'two clients that are one device force each other offline',
    clientId: (deviceName) => deviceName,
    trouble: namesOf(/^[\w-]{1,64}$/, 'letters, digits, _ and -, up to 64 of them'),
  },
  endpoint: {},
  limits: BROKER_LIMITS,
  hints: {
    'CONNACK 4': 'user name or password wrong: the access key (base64), or a token that has run out',
    'CONNACK 5': 'not authorised: no such device in this product, or a token that does not fit it',
  },
  reply: JSON_ID,
  warn: () => {},
} satisfies Platform;
