/** Where a device connects: a plain URL, or Aliyun's host rule over region or instance. */

import type { Protocol, Target } from '../../model/scenario.ts';

export interface Endpoint {
  protocol: Protocol;
  host: string;
  port: number;
  /** Request path of a WebSocket; empty otherwise. */
  path: string;
  /** This machine's own address to connect from; undefined where the system may choose. */
  localAddress?: string;
}

/** 2 = TLS direct (also wss), 3 = plain TCP direct (also ws). */
export type Securemode = 2 | 3;

export function isTls(protocol: Protocol): boolean {
  return protocol === 'mqtts' || protocol === 'wss';
}

export function securemodeOf(protocol: Protocol): Securemode {
  return isTls(protocol) ? 2 : 3;
}

/**
 * The address one device connects to. Legacy public instances have a host per product, newer ones a host per instance; both take TCP
 * and TLS on 1883 (help "manage-the-endpoint-of-an-instance").
 */
export function endpointOf(target: Target, productKey: string): Endpoint {
  switch (target.kind) {
    case 'url':
      return { protocol: target.protocol, host: target.host, port: target.port, path: target.path };
    case 'region':
      return aliyun(`${productKey}.iot-as-mqtt.${target.region}.aliyuncs.com`, target.tls);
    case 'instance':
      return aliyun(`${target.instance}.mqtt.iothub.aliyuncs.com`, target.tls);
  }
}

function aliyun(host: string, tls: boolean): Endpoint {
  return { protocol: tls ? 'mqtts' : 'mqtt', host, port: 1883, path: '' };
}
