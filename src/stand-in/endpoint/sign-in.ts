/** What a CONNECT is answered with, by the rules of the platform. */
import type { IConnectPacket } from 'mqtt-packet';
import { DeviceIndex } from '../../model/devices/device-index.ts';
import { DeviceTable, type SharedDevices } from '../../model/devices/device-table.ts';
import { verifyConnect } from '../../platform/aliyun/check/verify.ts';
import { isKeepaliveAllowed, KEEPALIVE_RETURN_CODE, topicPrefixOf } from './rules.ts';

/** `topicPrefix` is `/<productKey>/<deviceName>`: what the platform knows a device by, and what its topics contain. */
export type SignIn = { ok: true; topicPrefix: string } | Refusal;

export type Refusal =
  | { ok: false; returnCode: number; reason: string }
  /** A refusal without CONNACK: the connection is closed, or left to wait. */
  | { ok: false; unanswered: 'close' | 'ignore'; reason: string };

/** Checks the CONNECT packets of the devices in a list; anyone else is an unknown device. */
export class SignInDesk {
  private readonly devices: DeviceTable;
  private readonly index: DeviceIndex;

  constructor(shared: SharedDevices) {
    this.devices = new DeviceTable(shared);
    this.index = DeviceIndex.of(this.devices);
  }

  judge(packet: IConnectPacket, tls: boolean): SignIn {
    const { clientId: mqttClientId, username = '', keepalive = 0 } = packet;
    const password = packet.password?.toString() ?? '';
    const verdict = verifyConnect({ mqttClientId, username, password, tls }, this.secretOf);
    if (!verdict.ok) return verdict;
    if (!isKeepaliveAllowed(keepalive)) {
      return { ok: false, returnCode: KEEPALIVE_RETURN_CODE, reason: 'keepalive-out-of-range' };
    }
    return { ok: true, topicPrefix: topicPrefixOf(verdict.productKey, verdict.deviceName) };
  }

  private readonly secretOf = (productKey: string, deviceName: string): string | undefined => {
    const row = this.index.find(productKey, deviceName);
    return row === -1 ? undefined : this.devices.triple(row).deviceSecret;
  };
}
