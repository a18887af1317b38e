/** IoT Hub and IoT Explorer of Tencent Cloud (腾讯云物联网通信, 物联网开发平台). */
import { BROKER_LIMITS } from '../../broker-rules.ts';
import { JSON_ID } from '../../json-id.ts';
import { byModule } from '../../module/module.ts';
import type { Platform } from '../../platform.ts';
import { namesOf } from '../names.ts';
import { TENCENT_STAND_IN } from './check.ts';
import { tencentHmac } from './hmac.ts';

/** As the C SDK has them (tencentyun/qcloud-iot-explorer-sdk-embedded-c, qcloud_iot_export.h); `china` is the one without a name. */
const HOST_OF_REGION: Readonly<Record<string, string>> = {
  china: 'iotcloud.tencentdevices.com',
  'us-east': 'us-east.iotcloud.tencentdevices.com',
  europe: 'europe.iothub.tencentdevices.com',
  'ap-bangkok': 'ap-bangkok.iothub.tencentdevices.com',
};

export const tencent = {
  name: 'tencent',
  title: 'Tencent Cloud',
  who: 'Tencent Cloud',
  credentials: 'credentials are signed with the device’s key',
  noQos2: 'Tencent Cloud has QoS 0 and 1 only',
  standIn: TENCENT_STAND_IN,
  methods: [tencentHmac, byModule([tencentHmac])],
  devices: {
    by: 'names',
    twice: 'two clients that are one device force each other offline',
    clientId: (deviceName, productKey) => productKey + deviceName,
    trouble: namesOf(/^[a-zA-Z0-9:_-]{1,48}$/, 'letters, digits, : _ and -, up to 48 of them'),
  },
  endpoint: {
    region: ({ region, tls }, productKey) => ({
      protocol: tls ? 'mqtts' : 'mqtt',
      host: `${productKey}.${HOST_OF_REGION[region] ?? `${region}.iothub.tencentdevices.com`}`,
      port: tls ? 8883 : 1883,
      path: '',
    }),
  },
  limits: { ...BROKER_LIMITS, keepaliveSec: [0, 900], messageBytes: 16 * 1024, connectsPerMinute: 12 },
  hints: {
    'CONNACK 4':
      'user name or password wrong: the device’s key (base64), the client id <productId><deviceName>, or an expiry that is past',
    'CONNACK 5': 'not authorised: no such device in this product, or it is disabled',
  },
  reply: JSON_ID,
  warn: () => {},
} satisfies Platform;
