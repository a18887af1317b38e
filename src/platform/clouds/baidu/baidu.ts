/** IoT Core of Baidu AI Cloud (百度智能云物联网核心套件). Its `productKey` is the IoTCoreId, its `deviceName` the DeviceKey. */
import { BROKER_LIMITS } from '../../broker-rules.ts';
import { JSON_ID } from '../../json-id.ts';
import { byModule } from '../../module/module.ts';
import type { Platform } from '../../platform.ts';
import { namesOf } from '../names.ts';
import { BAIDU_STAND_IN } from './check.ts';
import { baiduSignature } from './signature.ts';

export const baidu = {
  name: 'baidu',
  title: 'Baidu',
  who: 'Baidu',
  credentials: 'credentials are signed with the device’s secret',
  noQos2: 'the clients here speak QoS 0 and 1 only',
  standIn: BAIDU_STAND_IN,
  methods: [baiduSignature, byModule([baiduSignature])],
  devices: {
    by: 'names',
    twice: 'two clients that are one device force each other offline',
    clientId: (deviceName) => deviceName,
    trouble: namesOf(
      /^[^&|@/+#]*$/,
      'none of & | @ / + #, which separate the fields of the sign-in and of topics',
    ),
  },
  endpoint: {
    // TLS is on 1884 there, as the SDKs of its users have it (openLuat/LuatOS iotcloud.lua).
    region: ({ region, tls }, productKey) => ({
      protocol: tls ? 'mqtts' : 'mqtt',
      host: `${productKey}.iot.${region}.baidubce.com`,
      port: tls ? 1884 : 1883,
      path: '',
    }),
  },
  limits: BROKER_LIMITS,
  hints: {
    'CONNACK 4': 'user name or password wrong: the device’s secret, or the IoTCoreId',
    'CONNACK 5': 'not authorised: no such device, or it may not connect',
  },
  reply: JSON_ID,
  warn: () => {},
} satisfies Platform;
