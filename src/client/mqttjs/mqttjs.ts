/** MQTT.js, a device as most users would write it: its name and its costs. */
import type { ClientKind } from '../client-kind.ts';

const KB = 1024;

export const mqttJs = {
  name: 'mqtt',
  is: 'MQTT.js',
  cost: {
    ...{ tcpBytes: 60 * KB, tlsBytes: 110 * KB },
    ...{ connectUs: 600, tlsUs: 1500, messageUs: 80, replyUs: 50 },
  },
  // 16 KB as measured, and room.
  heapKb: 26,
  load: async () => (await import('./client.ts')).createMqttJsClient,
} satisfies ClientKind;
