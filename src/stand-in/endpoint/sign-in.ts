/** What a CONNECT is answered with, by the rules of the platform. */
import type { IConnectPacket } from 'mqtt-packet';
import { DeviceTable, type SharedDevices } from '../../model/devices/device-table.ts';
import type { Scenario } from '../../model/scenario.ts';
import type {
  ConnectFields,
  Gate,
  Greeting,
  Handout,
  Products,
  RefusedConnect,
  StandInRules,
} from '../../platform/check.ts';
import type { PlatformLimits } from '../../platform/platform.ts';
import { platformOf } from '../../platform/platforms.ts';
import { AutomaticSubscription } from '../sessions/automatic-topics.ts';

/** `topicPrefix` is `/<productKey>/<deviceName>`: what the platform knows a device by, and what its topics contain. */
export type SignIn = Entry | Refusal;

/** See platform/check.CheckVerdict. */
export interface Entry {
  ok: true;
  topicPrefix: string;
  overlooked?: RefusedConnect | undefined;
  onEntry?: (() => void) | undefined;
  greeting?: Greeting | undefined;
  /** Where the platform has subscribed topics for it. */
  automatic?: AutomaticSubscription | undefined;
  handOut?: (() => Handout) | undefined;
}

export type Refusal =
  /** `reasonCode` is what MQTT 5 says in its place, where that is more. */
  | { ok: false; returnCode: number; reasonCode?: number; reason: string }
  /** A refusal without CONNACK: the connection is closed, or left to wait. */
  | { ok: false; unanswered: 'close' | 'ignore'; reason: string };

/** By whose rules the stand-in judges; Aliyun's where nothing is said. */
export interface Manner extends Partial<Pick<Scenario, 'platform' | 'auth'>> {
  /** Those whose devices may register. */
  products?: Products | undefined;
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
    this.gate = this.rules.prepare(new DeviceTable(shared), manner.auth, manner.products);
  }

  /** What devices ask for over HTTP, by path. */
  get services(): Gate['services'] {
    return this.gate.services;
  }

  /** Of devices that sign in to TLS without certificates. */
  get pskOf(): Gate['pskOf'] {
    return this.gate.pskOf;
  }

  /** Why a device was refused, where the platform can tell. */
  get explain(): Gate['explain'] {
    return this.gate.explain;
  }

  judge(packet: IConnectPacket, tls: boolean, certificate?: string): SignIn {
    const { keepalive = 0 } = packet;
    const verdict = this.gate.judge({ ...connectFieldsOf(packet, tls), certificate });
    if (!verdict.ok) return verdict;
    const { productKey, deviceName, overlooked, onEntry, handOut, greeting } = verdict;
    const topicPrefix = topicPrefixOf(productKey, deviceName);
    if (handOut !== undefined) return { ok: true, topicPrefix, handOut };
    if (overlooked !== undefined && this.isStrict) return overlooked;
    const [least, most] = this.keepaliveSec;
    // On Aliyun 0, which in MQTT turns keepalive off, is outside as well.
    if (keepalive < least || keepalive > most) {
      return { ok: false, returnCode: this.rules.keepaliveReturnCode, reason: 'keepalive-out-of-range' };
    }
    return {
      ok: true,
      topicPrefix,
      overlooked,
      onEntry,
      greeting,
      automatic: this.automaticOf(packet, topicPrefix),
    };
  }

  private automaticOf({ clientId }: IConnectPacket, topicPrefix: string): AutomaticSubscription | undefined {
    const topics = this.rules.automatic;
    return topics?.isAsked(clientId) ? new AutomaticSubscription(topics, topicPrefix) : undefined;
  }
}

export function connectFieldsOf(packet: IConnectPacket, tls: boolean): ConnectFields {
  const { clientId: mqttClientId, username = '' } = packet;
  return { mqttClientId, username, password: packet.password?.toString() ?? '', tls };
}

function topicPrefixOf(productKey: string, deviceName: string): string {
  return `/${productKey}/${deviceName}`;
}
