/** The keys of `auth` for `method: x509`: columns whose values follow from the device's names. */
import { text } from '../../input/fields.ts';

export const shape = {
  cert: text().min(1).optional().meta({
    description:
      'Certificate (PEM, with its chain) of a device whose row of the list names none, e.g. certs/${deviceName}.pem',
  }),
  key: text().min(1).optional().meta({
    description: 'Its private key (PEM), e.g. certs/${deviceName}.key',
  }),
};
