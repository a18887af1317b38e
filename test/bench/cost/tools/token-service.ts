/** What gives every device a token over HTTPS: in the bench's own process, whose CPU counts for nobody. */
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { https } from '../../../../src/platform/aliyun/login/https.ts';
import { makeCertificate } from '../../../../src/stand-in/certificate.ts';

interface TokenService {
  url: string;
  /** Whom to trust, PEM. */
  ca: string;
  close(): void;
}

const { consent } = https.service;
const HEADERS = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(consent) };

export async function startTokenService(): Promise<TokenService> {
  const { key, cert } = await makeCertificate([]);
  const server = createServer({ key, cert }, (request, response) => {
    request.resume();
    request.once('end', () => response.writeHead(200, HEADERS).end(consent));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // Where a tool fails to start, nobody closes it.
  server.unref();
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}`,
    ca: cert,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
