/** The IoT module of yudao and ruoyi-vue-pro (芋道), a platform that many host themselves. */
import { BROKER_LIMITS } from '../../broker-rules.ts';
import { JSON_ID } from '../../json-id.ts';
import { byModule } from '../../module/module.ts';
import type { Platform } from '../../platform.ts';
import { namesOf } from '../names.ts';
import { YUDAO_STAND_IN } from './check.ts';
import { yudaoHmac } from './hmac.ts';

export const yudao = {
  name: 'yudao',
  title: 'yudao',
  who: 'yudao',
  credentials: 'credentials are signed from the triple',
  noQos2: 'the clients here speak QoS 0 and 1 only',
  standIn: YUDAO_STAND_IN,
  methods: [yudaoHmac, byModule([yudaoHmac])],
  devices: {
    by: 'names',
    twice: 'two clients on one triple force each other offline',
    clientId: () => '',
    trouble: namesOf(/^[^&/+#]*$/, 'none of & / + #, which separate the fields of the sign-in and of topics'),
  },
  endpoint: {},
  limits: BROKER_LIMITS,
  hints: {
    'CONNACK 4':
      'wrong user name or password: the DeviceSecret; the content has it in it here (…deviceSecret<secret>…), which Aliyun’s has not',
    'CONNACK 5': 'not authorised: no such device in this product',
  },
  reply: JSON_ID,
  warn: () => {},
} satisfies Platform;
