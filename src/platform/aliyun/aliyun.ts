/** The IoT Platform of Alibaba Cloud (阿里云物联网平台). */
import type { Scenario } from '../../model/scenario.ts';
import { JSON_ID } from '../json-id.ts';
import type { DeviceName } from '../login-method.ts';
import { byModule } from '../module/module.ts';
import type { Platform } from '../platform.ts';
import { STAND_IN } from './check/check.ts';
import { ENDPOINT } from './endpoint.ts';
import { HINTS } from './hints.ts';
import { ALIYUN_LIMITS } from './limits.ts';
import { hmac } from './login/hmac.ts';
import { https } from './login/https.ts';
import { psk } from './login/psk.ts';
import { readyMade } from './login/ready-made.ts';
import { token } from './login/token.ts';
import { aliyunX509 } from './login/x509.ts';
import { warnOf } from './warnings.ts';

/** `&` joins the two in the user name, `|` ends the client id, and `/ + #` have a meaning in the topics that hold them. */
const BREAKS_NAME = /[&|/+#]/;

export const aliyun = {
  name: 'aliyun',
  title: 'Aliyun',
  who: 'the platform',
  credentials: 'credentials are signed from the triple',
  noQos2: 'the platform supports QoS 0 and 1 only',
  // [mqtt]
  noWill: (protocol: Scenario['protocol']) =>
    protocol === '5' ? undefined : 'the platform takes wills in MQTT 5 only: write protocol: 5',
  standIn: STAND_IN,
  methods: [hmac, https, token, readyMade, aliyunX509, psk, byModule([hmac])],
  devices: {
    by: 'names',
    twice: 'two clients on one triple force each other offline',
    clientId: () => '',
    trouble(name: DeviceName, value: string) {
      if (name === 'clientId') {
        if (!value.includes('|')) return undefined;
        const hint = 'give only the free part, before |securemode=…|';
        return { kind: 'clientId with |', message: 'clientId has a |', hint };
      }
      if (!BREAKS_NAME.test(value)) return undefined;
      return {
        kind: `${name} with & | / + or #`,
        message: `${name} has one of & | / + #`,
        hint: '& and | separate the fields of the sign-in, / + # those of topics',
      };
    },
  },
  endpoint: ENDPOINT,
  limits: ALIYUN_LIMITS,
  hints: HINTS,
  reply: JSON_ID,
  warn: warnOf,
} satisfies Platform;
