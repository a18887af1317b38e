/** Two known devices and ways to sign them in with MQTT.js, for the tests of the stand-in. */
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { generate } from 'mqtt-packet';
import { DeviceTableBuilder, type Triple } from '../../../src/model/devices/device-table.ts';
import { sign } from '../../../src/platform/aliyun/signing/credentials.ts';

const builder = new DeviceTableBuilder();
builder.add('pk', 'd1', 'secret-of-d1');
builder.add('pk', 'd2', 'secret-of-d2');
const table = builder.build();

export const DEVICES = table.shared;
export const D1 = table.triple(0);
export const D2 = table.triple(1);

/** The options of a device that does everything right; a test spoils what it is about. */
export function optionsOf(triple: Triple, url: string): IClientOptions {
  const secure = url.startsWith('mqtts:') || url.startsWith('wss:');
  const { mqttClientId: clientId, username, password } = sign(triple, 'hmacsha1', secure ? 2 : 3, '789');
  return { clientId, username, password, keepalive: 60, reconnectPeriod: 0, protocolVersion: 4 };
}

/** The same as a packet for a bare socket. */
export function connectPacketOf(triple: Triple): Buffer {
  const { mqttClientId: clientId, username, password } = sign(triple, 'hmacsha1', 3, '789');
  return generate({
    cmd: 'connect',
    clientId,
    username,
    password: Buffer.from(password),
    keepalive: 60,
    clean: true,
  });
}

export function connect(triple: Triple, url: string, options: IClientOptions = {}): Promise<MqttClient> {
  return mqtt.connectAsync(url, { ...optionsOf(triple, url), ...options }, false);
}

/** The CONNACK code of a refused sign-in; 0 if it was accepted. */
export async function returnCodeOf(url: string, options: IClientOptions): Promise<number> {
  try {
    const client = await mqtt.connectAsync(url, { reconnectPeriod: 0, ...options }, false);
    await client.endAsync(true);
    return 0;
  } catch (error) {
    return (error as { code: number }).code;
  }
}

export function closed(client: MqttClient): Promise<void> {
  return new Promise((resolve) => {
    client.once('close', () => resolve());
  });
}

export function nextMessage(
  client: MqttClient,
): Promise<{ topic: string; text: string; qos: number; retain: boolean }> {
  return new Promise((resolve) => {
    client.once('message', (topic, payload, { qos, retain }) =>
      resolve({ topic, text: payload.toString(), qos, retain }),
    );
  });
}
