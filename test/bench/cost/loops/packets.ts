/** All that the floor sends, as bytes, before it begins. */
import mqttPacket from 'mqtt-packet';
import type { DeviceTable } from '../../../../src/model/devices/device-table.ts';
import { sign } from '../../../../src/platform/aliyun/signing/credentials.ts';
import { KEEPALIVE_SEC, type Publishing, topicOf } from '../load.ts';

export const CONNACK_BYTES = 4;
export const PUBACK_BYTES = 4;

/** Signed as mqtt-fleet signs it: as long, and true. */
export function connectPacket(table: DeviceTable, row: number): Buffer {
  const {
    mqttClientId: clientId,
    username,
    password,
  } = sign(table.triple(row), 'hmacsha1', 3, String(Date.now()));
  return mqttPacket.generate({
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clean: true,
    keepalive: KEEPALIVE_SEC,
    clientId,
    username,
    password: Buffer.from(password),
  });
}

/** `count` messages in one buffer; their packet ids count from `firstId`. */
export function publishPackets(
  deviceName: string,
  { qos, bytes }: Publishing,
  count: number,
  firstId: number,
): Buffer {
  const message = (messageId: number): Buffer =>
    mqttPacket.generate({
      cmd: 'publish',
      topic: topicOf(deviceName),
      payload: Buffer.alloc(bytes, 'x'),
      qos,
      messageId,
      retain: false,
      dup: false,
    });
  return Buffer.concat(Array.from({ length: count }, (_, nth) => message(firstId + nth)));
}
