/**
 * Certificates and keys of a scenario, looked at before anything is opened: a worker that found out first would end the run. What is wrong
 * is said of the key that names the file, and nothing of what is in it.
 */
import type { X509Certificate } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import {
  certificatesOf,
  datesTrouble,
  MAX_PEM_BYTES,
  opensslTrouble,
  privateKeyOf,
} from '../../input/certificates.ts';
import type { Complain } from '../../input/fields.ts';
import { type FileTrouble, readGivenFile } from '../../input/given-file.ts';
import { PROTOCOLS, type Scenario, type TlsOptions } from '../../model/scenario.ts';
import { isTls, usesTls } from '../../model/target.ts';

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
  const authorities = ca && soundOr('ca', certificatesOf(ca), sink);
  const chain = cert && soundOr('cert', certificatesOf(cert), sink);
  const privateKey = key && soundOr('key', privateKeyOf(key), sink);
  if (authorities) warnOfAuthorities(authorities, sink, now);
  if (chain) warnOfDates(chain[0]!, 'cert', sink, now);
  if (chain && privateKey && !chain[0]!.checkPrivateKey(privateKey)) {
    sink.complain(['tls', 'key'], 'does not belong to the certificate in tls.cert', KEY_HINT);
  } else if (chain && privateKey) {
    const refused = opensslTrouble(cert, key);
    if (refused !== undefined) sink.complain(['tls', 'cert'], refused);
  }
}

const OVER_TLS = PROTOCOLS.filter(isTls)
  .map((protocol) => `${protocol}://`)
  .join(' or ');

/** Certificates are for nothing where the bytes go out in the clear; those of a request for a token may not. */
export function warnOfIdleTls(scenario: Scenario, warn: Complain): void {
  const { target, auth, tls } = scenario;
  const { verify: _, ...given } = tls;
  if (auth.url?.startsWith('https:')) return;
  if (usesTls(scenario) || Object.keys(given).length === 0) return;
  const secure =
    target.kind === 'embedded' ? 'broker: { tls: true }' : target.kind === 'url' ? OVER_TLS : 'tls: true';
  warn(['tls'], 'has no effect: the target is not reached over TLS', `write ${secure}`);
}

const KEY_HINT = 'name the key that it was made with; the certificate of the device comes first in its file';

function asBefore({ wrong, isMissing }: FileTrouble): string {
  return isMissing ? 'is not a file that can be read' : wrong;
}

/** What was found, or undefined after complaining of it. */
function soundOr<Found extends object>(
  name: string,
  found: Found | FileTrouble,
  { complain }: TlsSink,
): Found | undefined {
  if (!('wrong' in found)) return found;
  complain(['tls', name], found.wrong, found.hint);
  return undefined;
}

/** A bundle nearly always holds one that is out of date; that is nothing as long as others are not. */
function warnOfAuthorities(authorities: readonly X509Certificate[], sink: TlsSink, now: number): void {
  const isCurrent = (each: X509Certificate): boolean => datesTrouble(each, now) === undefined;
  if (!authorities.some(isCurrent)) warnOfDates(authorities[0]!, 'ca', sink, now);
}

function warnOfDates(certificate: X509Certificate, name: string, { warn }: TlsSink, now: number): void {
  const wrong = datesTrouble(certificate, now);
  if (wrong !== undefined) warn(['tls', name], wrong, 'the other side will refuse it, or this one will');
}
