/** IoT Device Access of Huawei Cloud (华为云设备接入 IoTDA). */
import { BROKER_LIMITS } from '../../broker-rules.ts';
import { JSON_ID } from '../../json-id.ts';
import { byModule } from '../../module/module.ts';
import type { Platform } from '../../platform.ts';
import { namesOf } from '../names.ts';
import { HUAWEI_STAND_IN } from './check.ts';
import { huaweiHmac } from './hmac.ts';

export const huawei = {
  name: 'huawei',
  title: 'Huawei Cloud',
  who: 'Huawei Cloud',
  credentials: 'credentials are signed with the device’s secret',
  noQos2: 'Huawei Cloud has QoS 0 and 1 only',
  standIn: HUAWEI_STAND_IN,
  methods: [huaweiHmac, byModule([huaweiHmac])],
  devices: {
    by: 'names',
    twice: 'two clients that are one device force each other offline',
    clientId: (deviceName) => deviceName,
    trouble: namesOf(
      /^[\w-]{0,256}$/,
      'a device id is of letters, digits, _ and -, e.g. <productId>_<nodeId>',
    ),
  },
  endpoint: {},
  limits: {
    ...BROKER_LIMITS,
    keepaliveSec: [30, 1200],
    messagesPerSec: [50, 50],
  },
  hints: {
    'CONNACK 4':
      'user name or password wrong: the secret, or an hour that is not the platform’s (`checkTimestamp`): is this machine’s clock right?',
    'CONNACK 5': 'not authorised: no such device in this instance, or it is frozen',
  },
  reply: JSON_ID,
  warn: () => {},
} satisfies Platform;
