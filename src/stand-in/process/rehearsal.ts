/** Compiles the stand-in's hot paths before its first guest: what it takes longer for while cold, a run would measure as its own. */
import { connect } from 'node:net';
import mqttPacket from 'mqtt-packet';
import { startsCold } from '../../machine/cold-start.ts';
import type { DeviceTable } from '../../model/devices/device-table.ts';
import { generateDevices } from '../../model/devices/generated-devices.ts';
import { sign } from '../../platform/aliyun/signing/credentials.ts';
import { startStandIn } from '../stand-in.ts';

const DEVICES = 40;
const ROUNDS = 8;

/** Signs devices in to a stand-in of its own in this process, which then goes; no count or truth of the real one is touched. */
export async function rehearse(): Promise<void> {
  if (startsCold) return;
  const devices = generateDevices('a1Rehearsal', DEVICES, 'd');
  const faults = { delay: { connack: { kind: 'fixed', us: 1_000 } } } as const;
  const standIn = await startStandIn({ devices: devices.shared, faults });
  for (let round = 0; round < ROUNDS; round++) {
    await Promise.all(Array.from({ length: DEVICES }, (_, row) => visit(standIn.ports.tcp!, devices, row)));
  }
  await standIn.close();
}

/** One device, whether or not it gets through: CONNECT, a QoS 1 message once it is let in, and away. */
async function visit(port: number, devices: DeviceTable, row: number): Promise<void> {
  const { mqttClientId: clientId, username, ...signed } = sign(devices.triple(row), 'hmacsha1', 3, undefined);
  const password = Buffer.from(signed.password);
  const topic = `/${devices.productKey(row)}/${devices.deviceName(row)}/user/update`;
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  socket.on('error', () => socket.destroy());
  socket.write(
    mqttPacket.generate({ cmd: 'connect', clientId, username, password, keepalive: 300, clean: true }),
  );
  socket.once('data', () => {
    socket.end(
      mqttPacket.generate({
        cmd: 'publish',
        topic,
        payload: '{}',
        qos: 1,
        messageId: 1,
        dup: false,
        retain: false,
      }),
    );
  });
  await new Promise((resolve) => socket.once('close', resolve));
}
