/** The keys of `auth` for `method: jwt`. */
import * as z from 'zod';
import { rule, someTime, text } from '../../../input/fields.ts';
import { placeholdersIn, TOPIC_PLACEHOLDERS } from '../../../model/placeholders.ts';
import { JWT_ALGORITHMS } from './algorithms.ts';

/** Those of every token are made: a template would be overwritten. */
const MADE = ['iat', 'exp'];

const template = () =>
  text().refine((value) => unknownIn(value) === undefined, {
    error: `has a placeholder that is none of ${TOPIC_PLACEHOLDERS.map((name) => `\${${name}}`).join(' ')}`,
  });

function unknownIn(value: string): string | undefined {
  return placeholdersIn(value).find((name) => !TOPIC_PLACEHOLDERS.some((known) => known === name));
}

export const shape = {
  algorithm: z.enum(JWT_ALGORITHMS).prefault('HS256').meta({ description: 'Of the token’s signature' }),
  keyFile: text().min(1).optional().meta({
    description:
      'File with the key of all devices, relative to the scenario: the secret of HS256, a private key in PEM otherwise',
  }),
  key: text().min(1).optional().meta({
    description:
      'The secret of HS256, of every device whose row of the list has none; from the environment only: ${ENV:NAME}',
  }),
  claims: z
    .record(text(), z.union([template(), z.number(), z.boolean(), z.array(template())]))
    .superRefine(
      rule((claims, complain) => {
        for (const name of MADE)
          if (Object.hasOwn(claims, name)) complain([name], 'is made for each token', 'see expires');
      }),
    )
    .prefault({ sub: '${clientId}' })
    .meta({
      description: 'Of the token, with ${productKey}, ${deviceName}, ${clientId}; iat and exp are added',
    }),
  expires: someTime()
    .prefault('1h')
    .meta({ description: 'How long what a device signs in with is good, from its signing' }),
  as: z.enum(['password', 'username']).prefault('password').meta({ description: 'Where the token goes' }),
  username: template()
    .prefault('${deviceName}')
    .meta({ description: 'Where the token is the password; with the same placeholders as claims' }),
};
