/** Whom a client trusts over TLS and what it shows of itself: the scenario's files, or those of one device, as OpenSSL has them. */
import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { TlsOptions } from '../model/scenario.ts';

/** PEM of a device's own certificate, with its chain, and of its key. */
export interface OwnCertificate {
  cert: Buffer;
  key: Buffer;
}

/** Makes contexts that are alike but for the certificate shown. The authority's file is read once, when this is called. */
export function secureContexts(tls: TlsOptions): (own: OwnCertificate) => SecureContext {
  const common = { ...versionsOf(tls), ca: tls.ca ?? read(tls.caFile) };
  return (own) => createSecureContext({ ...common, ...own });
}

/** Without certificates on either side: that of the platform's C SDK first (its mbedTLS offers no other), then better ones of the kind. */
export const PSK_CIPHERS = 'PSK-AES128-CBC-SHA:PSK-AES128-CBC-SHA256:PSK-AES128-GCM-SHA256';

/** For devices that have a pre-shared key: TLS 1.2, since in 1.3 OpenSSL holds a key of that kind to be a session. */
export function pskContext(): SecureContext {
  return createSecureContext({ ciphers: PSK_CIPHERS, minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' });
}

/** Reads the files of the scenario. */
export function secureContext(tls: TlsOptions): SecureContext {
  return createSecureContext({
    ...versionsOf(tls),
    ca: tls.ca ?? read(tls.caFile),
    cert: read(tls.certFile),
    key: read(tls.keyFile),
  });
}

function versionsOf({ minVersion, maxVersion }: TlsOptions) {
  return { ...(minVersion && { minVersion }), ...(maxVersion && { maxVersion }) };
}

function read(file: string | undefined): Buffer | undefined {
  return file === undefined ? undefined : readFileSync(file);
}
