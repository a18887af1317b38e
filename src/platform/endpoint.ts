/** Where a device connects. */
import type { SecureContext } from 'node:tls';
import type { Protocol, Target } from '../model/scenario.ts';

/** What a device shows in the TLS handshake in place of a certificate, and what only it and the server know. */
export interface PresharedKey {
  identity: string;
  key: Buffer;
}

export interface Endpoint {
  protocol: Protocol;
  host: string;
  port: number;
  /** Request path of a WebSocket; empty otherwise. */
  path: string;
  /** This machine's own address to connect from; undefined where the system may choose. */
  localAddress?: string | undefined;
  /** The device's row in the list: whose TLS session it is. */
  row?: number;
  /** The device's own certificate and key; undefined where it has none, and the scenario's hold. */
  secureContext?: SecureContext | undefined;
  /** Neither side shows a certificate where there is one. */
  psk?: PresharedKey | undefined;
}

type CloudTarget = Exclude<Target, { kind: 'url' }>;

/** Where the devices of one product go, for the kinds of target that a platform has beside URLs. */
export type EndpointRules = {
  readonly [Kind in CloudTarget['kind']]?: (
    target: Extract<CloudTarget, { kind: Kind }>,
    productKey: string,
  ) => Endpoint;
};

/** The address that the devices of one product connect to. The reader lets no target through that the platform has no rule for. */
export function endpointOf(
  { endpoint }: { endpoint: EndpointRules },
  target: Target,
  productKey: string,
): Endpoint {
  if (target.kind !== 'url') {
    const rule = endpoint[target.kind] as (target: Target, productKey: string) => Endpoint;
    return rule(target, productKey);
  }
  return { protocol: target.protocol, host: target.host, port: target.port, path: target.path };
}
