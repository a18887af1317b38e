/** ApsaraMQ for MQTT (云消息队列 MQTT 版), the message queue of Alibaba Cloud; not its IoT Platform. */
import { JSON_ID } from '../../json-id.ts';
import { byModule } from '../../module/module.ts';
import type { Platform } from '../../platform.ts';
import { namesOf } from '../names.ts';
import { APSARA_STAND_IN } from './check.ts';
import { APSARA_LIMITS } from './limits.ts';
import { apsaraDeviceCredential, apsaraSignature } from './signature.ts';

export const apsaramq = {
  name: 'apsaramq',
  title: 'ApsaraMQ',
  who: 'ApsaraMQ',
  credentials: 'credentials are signed with a key of auth or of the device list',
  noQos2: 'the clients here speak QoS 0 and 1 only',
  standIn: APSARA_STAND_IN,
  methods: [apsaraSignature, apsaraDeviceCredential, byModule([apsaraSignature, apsaraDeviceCredential])],
  devices: {
    by: 'names',
    twice: 'two clients with one client id force each other offline',
    clientId: (deviceName) => deviceName,
    trouble: namesOf(/^[\w@-]*$/, 'letters, digits, _ and -'),
  },
  endpoint: {
    instance: ({ instance, tls }) => ({
      protocol: tls ? 'mqtts' : 'mqtt',
      host: `${instance}.mqtt.aliyuncs.com`,
      port: tls ? 8883 : 1883,
      path: '',
    }),
  },
  limits: APSARA_LIMITS,
  hints: {
    'CONNACK 4':
      'user name or password wrong: the AccessKeySecret, the AccessKeyId, the instance id, or Signature and DeviceCredential mixed up',
    'CONNACK 5': 'not authorised: no such device or group in this instance, or its key may not use it',
  },
  reply: JSON_ID,
  warn: () => {},
} satisfies Platform;
