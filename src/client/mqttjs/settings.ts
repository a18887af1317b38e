/** What all MQTT.js clients of a shard share: the library's options and what stands beside them. */
import type { IClientOptions } from 'mqtt';
import type { KeptSession } from '../../model/scenario.ts';
import { MAX_PACKET_BYTES } from '../../mqtt/frames.ts';
import { platformOf } from '../../platform/platforms.ts';
import type { ClientSettings } from '../connection.ts';
import { dialOptions } from '../dial.ts';
import { ShortTicks } from '../short-ticks.ts';
import type { SharedByConnections } from '../socket-connection.ts';
import { EmptyStore } from './store.ts';

/**
 * Every option that the library adds to those it is given, and those that differ from client to client. With all of them there from the
 * beginning the options of all clients have one hidden class; else V8 makes each a dictionary, which is searched several times per message.
 */
const ALL_OPTIONS = {
  protocolId: 'MQTT',
  reschedulePings: true,
  writeCache: true,
  customHandleAcks: undefined,
  timerVariant: undefined,
  clientId: undefined,
  username: undefined,
  password: undefined,
  will: undefined,
  messageIdProvider: undefined,
} as unknown as IClientOptions;

export interface MqttJsSettings extends SharedByConnections {
  readonly mqtt: IClientOptions;
}

export function mqttJsSettings(settings: ClientSettings): MqttJsSettings {
  const { protocol, connect, tls, platform, keptSession, topicAlias = false } = settings;
  const isMqtt5 = protocol === '5';
  return {
    dial: dialOptions(tls),
    shortTicks: new ShortTicks(),
    isMqtt5,
    keepsSession: keptSession !== undefined,
    aliasesTopics: topicAlias,
    topicsPerSubscribe: platformOf({ platform }).limits.topicsPerSubscribe,
    mqtt: {
      ...ALL_OPTIONS,
      protocolVersion: isMqtt5 ? 5 : 4,
      properties: isMqtt5 ? propertiesOf(keptSession) : undefined,
      keepalive: connect.keepaliveSec,
      clean: keptSession === undefined,
      // Attempts, deadlines and reconnects are decided above; the library settles not every attempt and would retry by itself.
      reconnectPeriod: 0,
      connectTimeout: 2 ** 31 - 1,
      resubscribe: false,
      queueQoSZero: false,
      manualConnect: true,
      log: () => {},
      outgoingStore: new EmptyStore() as never,
    },
  };
}

function propertiesOf(keptSession: KeptSession | undefined): IClientOptions['properties'] {
  const sessionExpiryInterval = keptSession?.expirySec;
  return {
    ...(sessionExpiryInterval === undefined ? {} : { sessionExpiryInterval }),
    maximumPacketSize: MAX_PACKET_BYTES,
  };
}
