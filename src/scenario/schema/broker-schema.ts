/** How the stand-in behaves, as the outside form has it. */
import * as z from 'zod';
import { object, rule, text } from '../../input/fields.ts';
import { CERTIFICATE_KINDS, type FaultPlan, type StandInOptions } from '../../model/scenario.ts';
import { faultFields } from '../../stand-in/faults/plan.ts';
import { quotas } from './quota-schema.ts';

/** The faults still lack their seed, which is that of the scenario. */
export const broker = object({
  devices: text()
    .min(1)
    .optional()
    .meta({ description: 'The list it checks signatures against; the scenario’s devices when absent' }),
  tls: z.boolean().prefault(false).meta({ description: 'true: it listens with a certificate of its own' }),
  clientCa: text().min(1).optional().meta({
    description:
      'Certificate (PEM) of the authority that signed those of the devices: without one of them the handshake fails',
  }),
  certificate: z.enum(CERTIFICATE_KINDS).optional().meta({
    description: 'With tls: rsa, as the platform’s, or ecdsa, which costs the handshakes less [rsa]',
  }),
  strictSecuremode: z.boolean().prefault(false).meta({
    description: 'true: a securemode that does not fit the transport is refused; the platform takes it',
  }),
  ...faultFields,
  quotas: quotas.optional().meta({
    description:
      'What it allows: aliyun for the platform’s documented limits of 2019, or some of your own [none]',
  }),
})
  .superRefine(
    rule(({ tls, certificate }, complain) => {
      if (certificate !== undefined && !tls) complain(['certificate'], 'is of no use without tls: true');
    }),
  )
  .transform(
    ({ devices, tls, clientCa, certificate, strictSecuremode, quotas, ...faults }): StandInOptions => {
      const plan: FaultPlan = faults;
      return {
        ...(devices === undefined ? {} : { devicesFile: devices }),
        tls,
        ...(clientCa === undefined ? {} : { clientCaFile: clientCa }),
        ...(certificate === undefined ? {} : { certificate }),
        ...(strictSecuremode ? { strictSecuremode } : {}),
        ...(Object.keys(plan).length === 0 ? {} : { faults: plan }),
        ...(quotas === undefined ? {} : { quotas }),
      };
    },
  );
