/** What every tool is asked to do, whichever way it is told. */

export interface Load {
  name: string;
  /** What a rate that all keep up with costs, or how much there can be of it: a shared machine makes the first waver more. */
  asks: 'cost' | 'speed';
  devices: number;
  /** A tool that cannot keep up with that has a lower rate of its own. */
  connectsPerSec: number;
  /** Undefined where they only connect and stay. */
  publish: Publishing | undefined;
  /** Undefined where the connection is a plain one. */
  tls?: Handshake;
  /** `https`: each asks a service for a token first. Only mqtt-fleet can; where none is given, they sign. */
  login?: Login;
  /** That generate; only mqtt-fleet knows more than one. */
  threads: number;
}

/** `resumed`: each goes on with the last session that the server gave to any of them. */
export type Handshake = 'full' | 'resumed';

export type Login = 'hmac' | 'https';

export interface Publishing {
  qos: 0 | 1;
  bytes: number;
  /** Per device; 0 is as fast as it can. */
  everyMs: number;
}

/** What a tool says of itself at its end, to be held against the broker's count. */
export interface Said {
  connected: number;
  /** Of those connected, over TLS, with an earlier session. */
  resumed: number;
  sent: number;
  acked: number;
}

/** All devices are of this product. A broker that lets everyone in looks at none of it, but the bytes are there. */
export const PRODUCT_KEY = 'a1Bench';
export const KEEPALIVE_SEC = 300;

export function topicOf(deviceName: string): string {
  return `/${PRODUCT_KEY}/${deviceName}/user/update`;
}

const PAYLOAD_BYTES = 64;

/** Connected before those that are measured. */
const LEAD_IN = 1000;
const SHORT_LEAD_IN = 300;

/** Where the rate is low, it would take long. */
export function leadInOf({ tls, login }: Load): number {
  return tls === undefined && login === undefined ? LEAD_IN : SHORT_LEAD_IN;
}

export function connecting(): Load {
  const devices = LEAD_IN + 5000;
  return { name: 'connect', asks: 'cost', devices, connectsPerSec: 5000, publish: undefined, threads: 1 };
}

/** At half of what a broker of one core gets through, when each handshake asks it for a signature with RSA. */
export function connectingTls(tls: Handshake): Load {
  const devices = SHORT_LEAD_IN + 800;
  const name = `connect over TLS, ${tls} handshakes`;
  return { name, asks: 'cost', devices, connectsPerSec: 500, publish: undefined, tls, threads: 1 };
}

/** Plain connections, at a rate at which the one over HTTPS is no burden for the service. */
export function loggingIn(login: Login): Load {
  const devices = SHORT_LEAD_IN + 800;
  const name = `log in, ${login}`;
  return { name, asks: 'cost', devices, connectsPerSec: 500, publish: undefined, login, threads: 1 };
}

/** At a rate that no thread here keeps up with, to see what it does. */
export function storming(threads: number): Load {
  const name = `connect in a storm, threads: ${threads}`;
  const devices = LEAD_IN + 5000;
  return { name, asks: 'speed', devices, connectsPerSec: 12_000, publish: undefined, threads };
}

/** 10,000 messages/s, from devices that connect slowly enough for MQTT.js to be on time with the first of them. */
export function paced(qos: 0 | 1): Load {
  const publish = { qos, bytes: PAYLOAD_BYTES, everyMs: 200 };
  return {
    name: `paced, QoS ${qos}`,
    asks: 'cost',
    devices: 2000,
    connectsPerSec: 1000,
    publish,
    threads: 1,
  };
}

export function flatOut(qos: 0 | 1, threads = 1): Load {
  const publish = { qos, bytes: PAYLOAD_BYTES, everyMs: 0 };
  const name = `as fast as it can, QoS ${qos}${threads > 1 ? `, threads: ${threads}` : ''}`;
  return { name, asks: 'speed', devices: 100, connectsPerSec: 1000, publish, threads };
}
