/** The outside form of `tls`: whom a client trusts, and what it shows of itself. */
import { isIP } from 'node:net';
import * as z from 'zod';
import { object, rule, text } from '../../input/fields.ts';
import type { TlsOptions } from '../../model/scenario.ts';

/** Letters of any script: they are sent as they are. */
const HOST_NAME = /^[\p{L}\p{N}_][\p{L}\p{N}_.-]{0,252}$/u;

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
})
  .superRefine(
    rule((value, complain) => {
      if (value.cert !== undefined && value.key === undefined) complain(['cert'], 'needs its key', 'tls.key');
      if (value.key !== undefined && value.cert === undefined)
        complain(['key'], 'needs its certificate', 'tls.cert');
    }),
  )
  .transform(
    ({ ca, cert, key, servername, verify }): TlsOptions => ({
      ...(ca === undefined ? {} : { caFile: ca }),
      ...(cert === undefined ? {} : { certFile: cert }),
      ...(key === undefined ? {} : { keyFile: key }),
      ...(servername === undefined ? {} : { servername }),
      verify,
    }),
  );
