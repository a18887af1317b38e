/** What a CONNECT is answered with, by the rules of the platform. */
import type { IConnectPacket } from 'mqtt-packet';
import { DeviceTable, type SharedDevices } from '../../model/devices/device-table.ts';
import type { Scenario } from '../../model/scenario.ts';
import type { Gate, RefusedConnect, StandInRules } from '../../platform/check.ts';
import type { PlatformLimits } from '../../platform/platform.ts';
import { platformOf } from '../../platform/platforms.ts';

/** `topicPrefix` is `/<productKey>/<deviceName>`: what the platform knows a device by, and what its topics contain. */
export type SignIn = { ok: true; topicPrefix: string; overlooked?: RefusedConnect } | Refusal;

export type Refusal =
  | { ok: false; returnCode: number; reason: string }
  /** A refusal without CONNACK: the connection is closed, or left to wait. */
  | { ok: false; unanswered: 'close' | 'ignore'; reason: string };

/** By whose rules the stand-in judges; Aliyun's where nothing is said. */
export interface Manner extends Partial<Pick<Scenario, 'platform' | 'auth'>> {
  /** Whether a securemode that does not fit the transport is refused. */
  strictSecuremode?: boolean | undefined;
}

/** Checks the CONNECT packets of the devices in a list; anyone else is an unknown device. */
export class SignInDesk {
  readonly rules: StandInRules;
  private readonly keepaliveSec: PlatformLimits['keepaliveSec'];
  private readonly isStrict: boolean;
  private readonly gate: Gate;

  constructor(shared: SharedDevices, manner: Manner = {}) {
    const platform = platformOf(manner);
    this.rules = platform.standIn;
    this.keepaliveSec = platform.limits.keepaliveSec;
    this.isStrict = manner.strictSecuremode ?? false;
    this.gate = this.rules.prepare(new DeviceTable(shared), manner.auth);
  }

  /** What devices ask for over HTTP, by path. */
  get services(): Gate['services'] {
    return this.gate.services;
  }

  judge(packet: IConnectPacket, tls: boolean): SignIn {
    const { clientId: mqttClientId, username = '', keepalive = 0 } = packet;
    const password = packet.password?.toString() ?? '';
    const verdict = this.gate.judge({ mqttClientId, username, password, tls });
    if (!verdict.ok) return verdict;
    const { overlooked } = verdict;
    if (overlooked !== undefined && this.isStrict) return overlooked;
    const [least, most] = this.keepaliveSec;
    // On Aliyun 0, which in MQTT turns keepalive off, is outside as well.
    if (keepalive < least || keepalive > most) {
      return { ok: false, returnCode: this.rules.keepaliveReturnCode, reason: 'keepalive-out-of-range' };
    }
    const topicPrefix = topicPrefixOf(verdict.productKey, verdict.deviceName);
    return overlooked === undefined ? { ok: true, topicPrefix } : { ok: true, topicPrefix, overlooked };
  }
}

function topicPrefixOf(productKey: string, deviceName: string): string {
  return `/${productKey}/${deviceName}`;
}
