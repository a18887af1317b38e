/**
 * Certificates and keys of a scenario, looked at before anything is opened: a worker that found out first would end the run. What is wrong
 * is said of the key that names the file, and nothing of what is in it.
 */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import { createSecureContext } from 'node:tls';
import type { Complain } from '../../input/fields.ts';
import { type FileTrouble, readGivenFile } from '../../input/given-file.ts';
import { PROTOCOLS, type Scenario, type TlsOptions } from '../../model/scenario.ts';
import { isTls, usesTls } from '../../model/target.ts';
import { insteadOf, type PemBlock, pemBlocks } from './pem.ts';

/** The bundle of all public CAs has 0.3 MB. */
const MAX_PEM_BYTES = 4 * 1024 * 1024;

export interface TlsSink {
  complain: Complain;
  warn: Complain;
  /** Whether it has been said that the value's environment variable is not set. */
  isUnset(path: readonly PropertyKey[]): boolean;
}

export async function checkTlsFiles(
  { caFile, certFile, keyFile }: TlsOptions,
  scenarioFile: string,
  sink: TlsSink,
  now = Date.now(),
): Promise<void> {
  const read = async (name: string, file: string | undefined): Promise<Buffer | undefined> => {
    if (file === undefined || sink.isUnset(['tls', name])) return undefined;
    const found = await readGivenFile(resolve(dirname(scenarioFile), file), MAX_PEM_BYTES);
    if ('content' in found) return found.content;
    sink.complain(['tls', name], asBefore(found), found.hint);
    return undefined;
  };
  const contents = [
    await read('ca', caFile),
    await read('cert', certFile),
    await read('key', keyFile),
  ] as const;
  const [ca, cert, key] = contents;
  const authorities = ca && certificatesIn('ca', ca, sink);
  const chain = cert && certificatesIn('cert', cert, sink);
  const privateKey = key && privateKeyIn(key, sink);
  if (authorities) warnOfAuthorities(authorities, sink, now);
  if (chain) warnOfDates(chain[0]!, 'cert', sink, now);
  if (chain && privateKey && !chain[0]!.checkPrivateKey(privateKey)) {
    sink.complain(['tls', 'key'], 'does not belong to the certificate in tls.cert', KEY_HINT);
  } else if (chain && privateKey) holdAgainstOpenssl(cert, key, sink);
}

const OVER_TLS = PROTOCOLS.filter(isTls)
  .map((protocol) => `${protocol}://`)
  .join(' or ');

/** Certificates are for nothing where the bytes go out in the clear. */
export function warnOfIdleTls(scenario: Scenario, warn: Complain): void {
  const { target, tls } = scenario;
  const { verify: _, ...given } = tls;
  if (usesTls(scenario) || Object.keys(given).length === 0) return;
  const secure =
    target.kind === 'embedded' ? 'broker: { tls: true }' : target.kind === 'url' ? OVER_TLS : 'tls: true';
  warn(['tls'], 'has no effect: the target is not reached over TLS', `write ${secure}`);
}

const KEY_HINT = 'name the key that it was made with; the certificate of the device comes first in its file';

function asBefore({ wrong, isMissing }: FileTrouble): string {
  return isMissing ? 'is not a file that can be read' : wrong;
}

/** Certificates of a file; undefined after complaining. */
function certificatesIn(name: string, content: Buffer, { complain }: TlsSink): X509Certificate[] | undefined {
  const blocks = pemBlocks(content.toString('latin1'));
  const certificates = blocks.filter(({ label }) => label === 'CERTIFICATE');
  if (certificates.length === 0) {
    const wrong = insteadOf('certificate', content, blocks);
    complain(
      ['tls', name],
      wrong,
      wrong === 'is in DER, not in PEM' ? FROM_DER.certificate : CERTIFICATE_FORM,
    );
    return undefined;
  }
  const parsed: X509Certificate[] = [];
  for (const [at, { text }] of certificates.entries()) {
    try {
      parsed.push(new X509Certificate(text));
    } catch {
      const which = certificates.length === 1 ? 'a certificate' : `a certificate (number ${at + 1})`;
      complain(['tls', name], `holds ${which} that cannot be read`, 'it may be cut off; copy it again');
      return undefined;
    }
  }
  return parsed;
}

const CERTIFICATE_FORM = 'a certificate in PEM begins with -----BEGIN CERTIFICATE-----';
const FROM_DER = {
  certificate: 'openssl x509 -inform der -in FILE -out FILE.pem',
  key: 'openssl pkey -inform der -in FILE -out FILE.pem',
};

/** Private key of a file; undefined after complaining. */
function privateKeyIn(content: Buffer, { complain }: TlsSink): KeyObject | undefined {
  const blocks = pemBlocks(content.toString('latin1'));
  const key = blocks.find(({ label }) => /PRIVATE KEY$/.test(label));
  if (key === undefined) {
    const wrong = insteadOf('key', content, blocks);
    const form = 'a key in PEM begins with -----BEGIN PRIVATE KEY-----';
    complain(['tls', 'key'], wrong, wrong === 'is in DER, not in PEM' ? FROM_DER.key : form);
    return undefined;
  }
  if (isEncrypted(key)) {
    complain(['tls', 'key'], 'has a passphrase', 'take it off: openssl pkey -in KEY -out PLAIN.key');
    return undefined;
  }
  try {
    return createPrivateKey(key.text);
  } catch {
    complain(
      ['tls', 'key'],
      'is a key that cannot be read',
      'it may be cut off, or of a kind that OpenSSL does not know',
    );
    return undefined;
  }
}

/** PKCS #8 says it in the label, the older form (RFC 1421) in a header. */
function isEncrypted({ label, text }: PemBlock): boolean {
  return label === 'ENCRYPTED PRIVATE KEY' || /^Proc-Type: *4, *ENCRYPTED/m.test(text);
}

/** A bundle nearly always holds one that is out of date; that is nothing as long as others are not. */
function warnOfAuthorities(authorities: readonly X509Certificate[], sink: TlsSink, now: number): void {
  const isCurrent = (each: X509Certificate): boolean => datesOf(each, now) === undefined;
  if (!authorities.some(isCurrent)) warnOfDates(authorities[0]!, 'ca', sink, now);
}

function warnOfDates(certificate: X509Certificate, name: string, { warn }: TlsSink, now: number): void {
  const wrong = datesOf(certificate, now);
  if (wrong !== undefined) warn(['tls', name], wrong, 'the other side will refuse it, or this one will');
}

function datesOf({ validFrom, validTo }: X509Certificate, now: number): string | undefined {
  if (Date.parse(validTo) < now) return `holds a certificate that expired on ${day(validTo)}`;
  return Date.parse(validFrom) > now
    ? `holds a certificate that is not valid before ${day(validFrom)}`
    : undefined;
}

function day(date: string): string {
  return new Date(date).toISOString().slice(0, 10);
}

/** Holds a certificate and its key against OpenSSL, which has rules of its own: too short a key, too old a hash. */
function holdAgainstOpenssl(cert: Buffer, key: Buffer, { complain }: TlsSink): void {
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    const { code, reason } = error as { code?: string; reason?: string };
    complain(['tls', 'cert'], `is refused by OpenSSL: ${reason ?? code ?? 'no reason given'}`);
  }
}
