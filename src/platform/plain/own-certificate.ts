/** A certificate and key of each device, as files that a list names, or the scenario by a pattern: what ways to sign in with one share. */
import { keyPairTrouble, readKeyPair } from '../../input/key-pair.ts';
import { secureContexts } from '../../input/secure-context.ts';
import type { DeviceTable, Identity } from '../../model/devices/device-table.ts';
import type { Auth, TlsOptions } from '../../model/scenario.ts';
import type { Endpoint } from '../endpoint.ts';
import type { Credentials } from '../login.ts';
import { LoginError } from '../login.ts';
import type { LoginColumn, LoginMethod, LoginTrouble } from '../login-method.ts';
import type { Hints } from '../platform.ts';

/** The columns by their place in the table. */
export const CERT = 0;
const KEY = 1;

const CERTIFICATE_COLUMNS: readonly LoginColumn[] = [
  { name: 'cert', isSecret: false, isFile: true, otherNames: ['certificate', 'crt', '证书', '设备证书'] },
  { name: 'key', isSecret: false, isFile: true, otherNames: ['privatekey', '私钥', '证书私钥'] },
];

const OTHER_CERTIFICATE =
  'the server does not let in the holder of this certificate: it is bound to no device there, or to a disabled one, or was revoked';
const NOT_TAKEN =
  'the connection ended before a CONNACK: most likely the server does not take the device’s certificate, which in TLS 1.3 shows only after the handshake (it is of another authority, has expired, or was revoked); or the broker is at a limit';

/** CONNECT has no password then that could be wrong. */
const CERTIFICATE_HINTS: Hints = {
  'CONNACK 4': OTHER_CERTIFICATE,
  'CONNACK 5': OTHER_CERTIFICATE,
  'CONNACK 134': OTHER_CERTIFICATE,
  'CONNACK 135': OTHER_CERTIFICATE,
  'connack closed': NOT_TAKEN,
  'connack reset': NOT_TAKEN,
};

/** Looked at when the list is read: a device of a run that found out would fail. */
function certificateTrouble(login: readonly string[]): LoginTrouble | undefined {
  const trouble = keyPairTrouble(login[CERT]!, login[KEY]!, Date.now());
  if (trouble === undefined) return undefined;
  const { of, wrong, hint, isMissing, isWarning } = trouble;
  const advice = isMissing ? MISSING : hint;
  return {
    kind: `${of} that ${isMissing ? 'is not there' : (/^\w+( \w+)?/.exec(wrong)?.[0] ?? 'is wrong')}`,
    message: `${of} ${wrong}${isMissing ? shownPath(login[of === 'cert' ? CERT : KEY]!) : ''}`,
    ...(advice === undefined ? {} : { hint: advice }),
    ...(isWarning && { isWarning }),
  };
}

const MISSING =
  'paths are relative to the list, or to the scenario that gives them; `mqtt-fleet devices --certificates` makes some';

/** A column may hold the key itself by mistake: what has no name of such a file is not shown. */
function shownPath(path: string): string {
  return /\.(pem|crt|cer|key)$/i.test(path) ? `: ${path}` : '';
}

/**
 * Adds to what CONNECT carries the certificate of the device in that row. Its files are read for each connect: a context takes 30 KB for as
 * long as it is kept, and a device that is away should keep none.
 */
function showsCertificate(
  devices: DeviceTable,
  tls: TlsOptions,
): (row: number, credentials: Credentials) => Credentials | Promise<Credentials> {
  const contextOf = secureContexts(tls);
  return (row, credentials) => {
    try {
      const pair = readKeyPair(devices.loginColumn(row, CERT), devices.loginColumn(row, KEY));
      return { ...credentials, tls: contextOf(pair) };
    } catch (error) {
      // They were sound when the run began.
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      return Promise.reject(new LoginError({ phase: 'sign', kind: 'other', code }));
    }
  };
}

/** A way to sign in by such a certificate, on a platform that has those names; `connect` says what CONNECT carries beside it. */
export function byCertificate(
  names: Pick<LoginMethod, 'names' | 'nameFrom'>,
  connect: (device: Identity, endpoint: Endpoint) => Credentials,
) {
  return {
    name: 'x509',
    settings: () => import('./x509-settings.ts'),
    ...names,
    columns: CERTIFICATE_COLUMNS,
    needsTls: true,
    trouble: certificateTrouble,
    hints: CERTIFICATE_HINTS,
    word: () => 'X.509',
    prepare: (_settings: Auth, devices: DeviceTable, tls: TlsOptions) => {
      const show = showsCertificate(devices, tls);
      return (device: Identity, row: number, endpoint: Endpoint) => show(row, connect(device, endpoint));
    },
  } satisfies LoginMethod;
}
