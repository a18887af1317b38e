/** How a platform judges who would sign in: what its stand-in needs of it. */
import type { DeviceTable } from '../model/devices/device-table.ts';
import type { Auth } from '../model/scenario.ts';

/** What a CONNECT says of who sent it, and whether it came over TLS (mqtts, wss). */
export interface ConnectFields {
  mqttClientId: string;
  /** Empty where CONNECT has none; so is the password. */
  username: string;
  password: string;
  tls: boolean;
}

/** `returnCode` is a CONNACK code of MQTT 3.1.1, section 3.2.2.3; `reason` is one of a few words of the platform's own. */
export interface RefusedConnect {
  ok: false;
  returnCode: number;
  reason: string;
}

/** Let in as that device of the list, or refused. */
export type CheckVerdict =
  | {
      ok: true;
      productKey: string;
      deviceName: string;
      /** What was not as documented and yet is let in: how a stand-in that is told to be strict refuses it. */
      overlooked?: RefusedConnect;
    }
  | RefusedConnect;

export type Check = (connect: ConnectFields) => CheckVerdict;

/** A request to a service of the platform. */
export interface ServiceRequest {
  /** Undefined for a body that is no form: the service says so in its own words. */
  form: ReadonlyMap<string, string> | undefined;
  tls: boolean;
  /** Where devices connect that came in this way; of a door over TLS, where there is one for a request over TLS. */
  mqtt: { host: string; port: number };
}

/** The answer, as the JSON of its body: the HTTP status is 200 whatever the code says. */
export interface ServiceAnswer {
  code: number;
  message: string;
  data?: object;
}

/** What a platform does for devices over HTTP, beside their connections. */
export interface Service {
  /** What its answers are: counted as `<kind>s_ok` and `<kind>s_refused`, and timed and delayed under that name. */
  readonly kind: 'auth';
  answer(request: ServiceRequest): ServiceAnswer;
}

/** Judge of the CONNECTs of one stand-in, and its services by the paths of their requests; they share what they know, as of tokens. */
export interface Gate {
  judge: Check;
  services?: Readonly<Record<string, Service>>;
}

/** What makes the stand-in behave as a platform, beside the platform's limits. */
export interface StandInRules {
  /** Once per stand-in: `devices` are those that exist, with what they sign in with, by the method that `auth` names. */
  prepare(devices: DeviceTable, auth: Auth | undefined): Gate;
  /** What a CONNECT is refused with whose keepalive is out of the platform's range. */
  readonly keepaliveReturnCode: number;
  /**
   * Whether a topic, or a filter, is the device's own, of which `topicPrefix` is `/<productKey>/<deviceName>`. A filter whose wildcard could
   * reach another device is not.
   */
  isOwnTopic(topic: string, topicPrefix: string): boolean;
  /** Whether it answers what devices post, in Alink. */
  readonly answersAlink: boolean;
}
