/** The platform's rule from region or instance to a host. */
import type { Protocol } from '../../model/scenario.ts';
import { isTls } from '../../model/target.ts';
import type { Endpoint, EndpointRules } from '../endpoint.ts';

/** 2 = TLS direct (also wss), 3 = plain TCP direct (also ws). */
export type Securemode = 2 | 3;

export function securemodeOf(protocol: Protocol): Securemode {
  return isTls(protocol) ? 2 : 3;
}

/** Legacy public instances have a host per product, newer ones a host per instance; both take TCP and TLS on 1883 [endpoints]. */
export const ENDPOINT: EndpointRules = {
  region: ({ region, tls }, productKey) => at(`${productKey}.iot-as-mqtt.${region}.aliyuncs.com`, tls),
  instance: ({ instance, tls }) => at(`${instance}.mqtt.iothub.aliyuncs.com`, tls),
};

/** Host of a region, as above. */
const OF_REGION = /^[^.]+\.iot-as-mqtt\.([\w-]+\.aliyuncs\.com)$/;

/** Where devices of a region go that sign in by the handshake: `label` is `x509`, or the ProductKey with TLS-PSK [sdk]. */
export function itlsAddress({ host }: Endpoint, label: string): { address?: { host: string; port: number } } {
  const region = OF_REGION.exec(host)?.[1];
  return region === undefined ? {} : { address: { host: `${label}.itls.${region}`, port: 1883 } };
}

function at(host: string, tls: boolean): Endpoint {
  return { protocol: tls ? 'mqtts' : 'mqtt', host, port: 1883, path: '' };
}
