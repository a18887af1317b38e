/** Azure IoT Hub (https://learn.microsoft.com/en-us/azure/iot-hub/iot-hub-mqtt-support). */
import { BROKER_LIMITS } from '../../broker-rules.ts';
import { JSON_ID } from '../../json-id.ts';
import { byModule } from '../../module/module.ts';
import type { Platform } from '../../platform.ts';
import { namesOf } from '../names.ts';
import { AZURE_STAND_IN } from './check.ts';
import { azureSas } from './sas.ts';

export const azure = {
  name: 'azure',
  title: 'Azure',
  who: 'an IoT Hub',
  credentials: 'credentials are signed with the device’s key',
  noQos2: 'an IoT Hub has QoS 0 and 1 only',
  standIn: AZURE_STAND_IN,
  methods: [azureSas, byModule([azureSas])],
  devices: {
    by: 'names',
    twice: 'two clients that are one device force each other offline',
    clientId: (deviceName) => deviceName,
    trouble: namesOf(
      /^[A-Za-z0-9.%_*?!(),:=@$'-]{0,128}$/,
      "letters, digits and - . % _ * ? ! ( ) , : = @ $ ', up to 128 of them",
    ),
  },
  endpoint: {
    // There is TLS only.
    instance: ({ instance }) => ({
      protocol: 'mqtts',
      host: `${instance}.azure-devices.net`,
      port: 8883,
      path: '',
    }),
  },
  limits: { ...BROKER_LIMITS, clientIdCharacters: 128, messageBytes: 256 * 1024 },
  hints: {
    'CONNACK 5':
      'not authorised: the device’s key (base64), its id, `hostName`, or a signature that has run out; or the device is disabled',
    kicked: 'another connection signed in as the same device; the hub keeps one of each',
  },
  reply: JSON_ID,
  warn: () => {},
} satisfies Platform;
