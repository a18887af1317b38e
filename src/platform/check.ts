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
  /** SHA-256 fingerprint of the certificate that the client showed in the handshake; undefined where it showed none. */
  certificate?: string | undefined;
}

/** `returnCode` is a CONNACK code of MQTT 3.1.1, section 3.2.2.3; `reason` is one of a few words of the platform's own. */
export interface RefusedConnect {
  ok: false;
  returnCode: number;
  reason: string;
}

/** What someone is sent who came for credentials and not to stay: one message, and then the end of the connection. */
export interface Handout {
  topic: string;
  payload: string;
  closesAfterSec: number;
}

/** Let in as that device, or refused. */
export type CheckVerdict =
  | {
      ok: true;
      productKey: string;
      deviceName: string;
      /** What was not as documented and yet is let in: how a stand-in that is told to be strict refuses it. */
      overlooked?: RefusedConnect;
      /** A message that it gets after its CONNACK, subscribed to or not. */
      greeting?: Greeting;
      /** To be called when it is in. */
      onEntry?: () => void;
      /** It is no device that signs in: it may have any keepalive and takes nobody's place, and is sent this once it is in. */
      handOut?: () => Handout;
    }
  | RefusedConnect;

export interface Greeting {
  topic: string;
  payload: string;
}

export type Check = (connect: ConnectFields) => CheckVerdict;

/** What devices of a product may register with. */
export interface Product {
  productSecret: string;
  /** The product's switch. */
  isRegistrationOn: boolean;
}

/** By ProductKey. */
export type Products = ReadonlyMap<string, Product>;

/** Nothing of it is secret. */
export interface ExplainedRefusal {
  /** What it calls itself; '' where that cannot be told, or is not to be shown. */
  device: string;
  /** The mistake that it made, where that is known, in a sentence. */
  mistake?: string;
}

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
  readonly kind: 'auth' | 'register';
  answer(request: ServiceRequest): ServiceAnswer;
}

/** Judge of the CONNECTs of one stand-in, and its services by the paths of their requests; they share what they know, as of tokens. */
export interface Gate {
  judge: Check;
  /** Whoever was refused for that reason. Loaded when it is first asked for. */
  explain?(connect: ConnectFields, reason: string): Promise<ExplainedRefusal>;
  services?: Readonly<Record<string, Service>>;
  /** The pre-shared key of that identity, in a handshake without certificates; undefined for who is not known. */
  pskOf?(identity: string): Buffer | undefined;
}

/** What makes the stand-in behave as a platform, beside the platform's limits. */
export interface StandInRules {
  /** Once per stand-in: `devices` are those that exist, with what they sign in with, by the method that `auth` names. */
  prepare(devices: DeviceTable, auth: Auth | undefined, products?: Products): Gate;
  /** Whether clients are asked for a certificate in the handshake; absent: never. */
  asksForCertificate?(auth: Auth | undefined): boolean;
  /** What a CONNECT is refused with whose keepalive is out of the platform's range. */
  readonly keepaliveReturnCode: number;
  /**
   * Whether a topic, or a filter, is the device's own, of which `topicPrefix` is `/<productKey>/<deviceName>`. A filter whose wildcard could
   * reach another device is not.
   */
  isOwnTopic(topic: string, topicPrefix: string): boolean;
  /** Whether a device may subscribe to it, though it is not its own. */
  isHeardTopic?(filter: string, topicPrefix: string): boolean;
  /** Absent where devices have to subscribe to everything themselves. */
  readonly automatic?: AutomaticTopics;
  /** Whether it answers what devices post, in Alink. */
  readonly answersAlink: boolean;
  /** It is a broker like any other: devices hear one another, and every version of MQTT has wills. Absent: as on Aliyun. */
  readonly isOpenBroker?: boolean;
}

/** Topics that the platform subscribes for a device. */
export interface AutomaticTopics {
  /** Whether the device asks for them in its CONNECT. */
  isAsked(mqttClientId: string): boolean;
  includes(topic: string, topicPrefix: string): boolean;
  /** The same as filters. */
  filters(topicPrefix: string): string[];
}
