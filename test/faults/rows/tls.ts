/** TLS servers that nobody should trust, and one that is none. */

import { writeFileSync } from 'node:fs';
import type { AddressInfo, Server, Socket } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { expect } from 'vitest';
import {
  expiredIdentity,
  goodIdentity,
  type Identity,
  otherNameIdentity,
} from '../../integration/client/certificates.ts';
import { Broker } from '../far/broker.ts';
import { BOTH, DEVICES, type Fault, type Row, type Stage } from '../row.ts';

/** `trusted`: the run is given the certificate as its CA, so that there is nothing else to complain about. */
function tlsServer(make: () => Promise<Identity>, trusted: boolean): Fault {
  return async (stage) => {
    const identity = await make();
    let handshakes = 0;
    const server = createTlsServer(identity);
    server.on('connection', () => handshakes++);
    server.on('tlsClientError', () => {});
    const ca = join(stage.folder, 'ca.pem');
    writeFileSync(ca, identity.cert);
    return {
      ...(await listening(stage, server)),
      set: trusted ? [`tls={ ca: ${ca} }`] : [],
      proof: () => expect(handshakes).toBe(DEVICES),
    };
  };
}

/** A real broker, asked for what it does not speak there. */
function plainPort(protocol: 'mqtts' | 'ws'): Fault {
  return async (stage) => {
    const broker = await Broker.start(stage);
    return {
      target: `${protocol}://${broker.host}:${broker.port}`,
      proof: () => {
        expect(broker.connected).toBe(0);
        expect(broker.accepted).toBe(DEVICES);
      },
    };
  };
}

async function listening(stage: Stage, server: Server): Promise<{ target: string }> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stage.atEnd(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { target: `mqtts://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** Nothing connected. */
const NOBODY = {
  clients: BOTH,
  outcome: 'completed',
  exit: 99,
  counters: { connects_ok: 0, connects_failed: DEVICES, messages_sent: 0 },
  endsInSec: 30,
} as const;

export const TLS: Row[] = [
  {
    ...NOBODY,
    name: 'TLS: expired certificate',
    fault: tlsServer(expiredIdentity, true),
    failures: [{ is: 'tls: certificate CERT_HAS_EXPIRED', hint: /has expired, or this machine’s clock/ }],
  },
  {
    ...NOBODY,
    name: 'TLS: self-signed certificate',
    fault: tlsServer(goodIdentity, false),
    failures: [
      { is: 'tls: certificate DEPTH_ZERO_SELF_SIGNED_CERT', hint: /signs itself: set `tls\.ca` to it/ },
    ],
  },
  {
    ...NOBODY,
    name: 'TLS: certificate of another name',
    fault: tlsServer(otherNameIdentity, true),
    failures: [{ is: 'tls: certificate ERR_TLS_CERT_ALTNAME_INVALID', hint: /set `tls\.servername`/ }],
  },
  {
    ...NOBODY,
    name: 'TLS: a plain port',
    fault: plainPort('mqtts'),
    failures: [{ is: /^tls: /, hint: /plain|TLS port/ }],
    needs: ['mosquitto'],
  },
  {
    ...NOBODY,
    name: 'WebSocket: a plain port',
    fault: plainPort('ws'),
    failures: [{ is: /^connack: /, hint: /WebSocket/ }],
    needs: ['mosquitto'],
  },
];
