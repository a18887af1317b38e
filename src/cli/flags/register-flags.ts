/** The flags of `mqtt-fleet register`. */
import * as z from 'zod';
import { duration, rate, text } from '../../input/fields.ts';
import { badInput } from '../../model/errors.ts';
import { SIGNMETHODS } from '../../model/scenario.ts';
import { SECRET_VARIABLE, WHERE_A_PRODUCT_SECRET_IS } from '../../register/product-secrets.ts';
import { METHODS, methodFor, readTarget, serviceFor } from '../../register/register-target.ts';
import { readThreshold } from '../../register/register-thresholds.ts';
import { readDevices } from '../../scenario/devices/device-list.ts';
import { TO_REGISTER_FORM } from '../../scenario/devices/registration-lists.ts';
import { JSON_RESULT, listOf, onOff, read, secretFile, someText, wholeNumberOr, YES } from './flag-fields.ts';
import { flags } from './flags.ts';

const MOST_IN_FLIGHT = 100_000;

interface NotMeant {
  wrong: string;
  hint?: string;
}

/** A text and what it means; what is wrong comes with what to do. */
function meant<Reading extends object>(from: (given: string) => Reading) {
  return someText().transform((given, context): Exclude<Reading, NotMeant> => {
    const found = from(given);
    if (!('wrong' in found)) return found as Exclude<Reading, NotMeant>;
    const { wrong, hint } = found as unknown as NotMeant;
    context.addIssue({ code: 'custom', message: wrong, ...(hint ? { params: { hint } } : {}) });
    return z.NEVER;
  });
}

export const REGISTER_FLAGS = flags({
  list: read(listIn).meta({
    description: 'Devices to register (csv, json, jsonl): productKey, deviceName [, productSecret]',
    missing: 'name a list of the devices to register: productKey,deviceName',
  }),
  out: someText().meta({
    alias: 'o',
    description:
      'List to write their secrets to (.csv), readable by you only; gone on with where it is there',
  }),
  target: meant(readTarget).meta({
    alias: 't',
    description: 'Where: a region (cn-shanghai), mqtts://host:port or https://host:port',
  }),
  method: z.enum(METHODS).optional().meta({
    description: 'How; mqtt-nwl is without pre-registration, and gives tokens in place of secrets',
    shownDefault: 'mqtt for mqtts://, else https',
  }),
  productSecretFile: secretFile('--product-secret-file', 'ProductSecret')
    .optional()
    .meta({
      description: `File with the ProductSecret; else the environment variable ${SECRET_VARIABLE} is read`,
    }),
  rate: rate()
    .refine((perSec) => perSec > 0, { error: 'is not above 0' })
    .prefault('50/s')
    .meta({ alias: 'R', description: 'Devices that begin in a second, whatever became of those before' }),
  inFlight: wholeNumberOr(`takes a whole number from 1 to ${MOST_IN_FLIGHT}`, 1, MOST_IN_FLIGHT)
    .prefault(500)
    .meta({ description: 'Most devices at once; others wait for a place' }),
  timeout: duration()
    .refine((us) => us > 0, { error: 'is not above 0' })
    .prefault('10s')
    .meta({ description: 'Time that a device has from its start to its secret' }),
  signmethod: z.enum(SIGNMETHODS).prefault('hmacsha256').meta({ description: 'Hash of the HMAC' }),
  instanceId: text()
    .regex(/^[A-Za-z0-9-_]+$/, { error: 'is no id; letters, digits, - and _ only' })
    .optional()
    .meta({ description: 'Of an instance that has one (iot-xxx), with the MQTT methods' }),
  ca: someText().optional().meta({ description: 'CA certificates to trust (PEM)' }),
  threshold: listOf(meant(readThreshold)).meta({
    description: 'What must hold, e.g. "register_latency p(99) < 500ms" or "registers_failed count == 0"',
  }),
  quiet: onOff('Do not say how far it is'),
  yes: YES,
  json: JSON_RESULT,
})
  .rule(['out'], ({ out }, complain) => {
    if (!/\.csv$/i.test(out))
      complain(['out'], 'does not end in .csv', 'the list is CSV, and is read as such');
  })
  .rule(['target', 'method', 'instanceId'], ({ target, method, instanceId }, complain) => {
    const used = methodFor(target, method);
    const service = serviceFor(target, used, instanceId);
    if ('wrong' in service) complain(['target'], service.wrong, service.hint);
    if (instanceId !== undefined && used === 'https')
      complain(['instanceId'], 'is for --method mqtt and mqtt-nwl', 'leave it out, or name one of them');
  })
  .rule(['productSecretFile'], (_, complain, env) => {
    if (env[SECRET_VARIABLE] === '')
      complain([], `the environment variable ${SECRET_VARIABLE} is empty`, WHERE_A_PRODUCT_SECRET_IS);
  });

async function listIn(file: string) {
  const reading = await readDevices({ kind: 'file', file }, { form: TO_REGISTER_FORM });
  if (reading.problems.length > 0) throw badInput(reading.problems);
  return reading;
}
