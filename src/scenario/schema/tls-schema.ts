/** The outside form of `tls`: whom a client trusts, and what it shows of itself. */
import { isIP } from 'node:net';
import * as z from 'zod';
import { object, rule, text } from '../../input/fields.ts';
import type { Resume, TlsOptions, TlsVersion } from '../../model/scenario.ts';

/** Letters of any script: they are sent as they are. */
const HOST_NAME = /^[\p{L}\p{N}_][\p{L}\p{N}_.-]{0,252}$/u;

/** By their numbers; YAML may have them as such. */
const VERSIONS: Readonly<Record<string, TlsVersion>> = { '1.2': 'TLSv1.2', '1.3': 'TLSv1.3' };
const version = z
  .union([z.enum(Object.keys(VERSIONS)), z.literal([1.2, 1.3])], {
    error: 'is no version of TLS that is spoken here; write 1.2 or 1.3',
  })
  .transform((given) => VERSIONS[String(given)]!);

/** RFC 7301, 3.1: a name has one to 255 bytes. */
const protocolName = text().refine((name) => name !== '' && Buffer.byteLength(name) <= 255, {
  error: 'is no name of a protocol; e.g. mqtt',
});

const RESUME: Readonly<Record<string, Resume>> = { true: 'own', shared: 'shared' };

export const tls = object({
  ca: text().min(1).optional().meta({ description: 'Certificate of the authority that signed the server’s' }),
  cert: text().min(1).optional().meta({ description: 'Certificate of the client' }),
  key: text().min(1).optional().meta({ description: 'Key of the client’s certificate' }),
  servername: text()
    .refine((name) => isIP(name) !== 0 || HOST_NAME.test(name), {
      error: 'is no host name; without a scheme and a port, e.g. iot.example.com',
    })
    .optional()
    .meta({ description: 'The name that the server’s certificate must have, when it is not the host’s' }),
  verify: z
    .boolean()
    .prefault(true)
    .meta({ description: 'false accepts any certificate: for private brokers only' }),
  minVersion: version
    .optional()
    .meta({ description: 'Lowest version of TLS that a device speaks: 1.2 or 1.3' }),
  maxVersion: version
    .optional()
    .meta({ description: 'Highest version of TLS that a device speaks: 1.2 or 1.3' }),
  alpn: z
    .union([protocolName.transform((name) => [name]), z.array(protocolName).min(1)])
    .optional()
    .meta({
      description: 'Protocol that a device asks for in the handshake (ALPN), e.g. mqtt; or a list of them',
    }),
  resume: z.literal([true, false, 'shared']).prefault(false).meta({
    description:
      'true: a device that returns goes on with its last TLS session; shared: each goes on with the last of any device of its worker; false: every handshake is full',
  }),
})
  .superRefine(
    rule((value, complain) => {
      if (value.cert !== undefined && value.key === undefined) complain(['cert'], 'needs its key', 'tls.key');
      if (value.key !== undefined && value.cert === undefined)
        complain(['key'], 'needs its certificate', 'tls.cert');
      if (value.minVersion === 'TLSv1.3' && value.maxVersion === 'TLSv1.2')
        complain(['minVersion'], 'is above maxVersion');
    }),
  )
  .transform(
    ({ ca, cert, key, servername, verify, minVersion, maxVersion, alpn, resume }): TlsOptions => ({
      ...(ca === undefined ? {} : { caFile: ca }),
      ...(cert === undefined ? {} : { certFile: cert }),
      ...(key === undefined ? {} : { keyFile: key }),
      ...(servername === undefined ? {} : { servername }),
      verify,
      ...(minVersion === undefined ? {} : { minVersion }),
      ...(maxVersion === undefined ? {} : { maxVersion }),
      ...(alpn === undefined ? {} : { alpn }),
      ...(resume === false ? {} : { resume: RESUME[String(resume)]! }),
    }),
  );
