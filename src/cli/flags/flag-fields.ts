/** The fields that only flags have, beside those of scenario keys, and the flags of more than one command. */
import * as z from 'zod';
import { text } from '../../input/fields.ts';
import { readGivenText } from '../../input/given-file.ts';
import { badInput, FleetError } from '../../model/errors.ts';

/** A flag without a value. */
export const onOff = (description: string) => z.boolean().prefault(false).meta({ description });

/** Text that must not be empty. */
export const someText = () => text().min(1);

/** A whole number, with one message for whatever else is given. */
export const wholeNumberOr = (error: string, least: number, most: number) =>
  z.int({ error }).min(least, { error }).max(most, { error });

/** A name of something to read, and what is in it: problems of the content are told at their own places. */
export function read<Value>(from: (name: string) => Promise<Value>) {
  return someText().transform(async (name, context): Promise<{ name: string; value: Value }> => {
    try {
      return { name, value: await from(name) };
    } catch (error) {
      if (!(error instanceof FleetError) || error.problems.length === 0) throw error;
      context.addIssue({ code: 'custom', params: { problems: error.problems } });
      return z.NEVER;
    }
  });
}

/** A secret has 32 characters. */
const MOST_SECRET_BYTES = 4096;

/** The name of a file with a secret of that kind in it and nothing else; `flag` is who is at fault where there is none. */
export const secretFile = (flag: string, kind: string) =>
  read(async (file): Promise<string> => {
    const given = await readGivenText(file, MOST_SECRET_BYTES);
    // Editors and `echo` end the file with a newline that is no part of the secret.
    const secret = 'text' in given ? given.text.replace(/[\r\n]+$/, '') : undefined;
    if (secret && !/[\r\n]/.test(secret)) return secret;
    // The name is not repeated: who takes the flag for one of the secret has written the secret there.
    throw badInput([
      {
        file: flag,
        message:
          'text' in given
            ? `the file ${secret ? 'has more than one line' : 'is empty'}`
            : given.isMissing
              ? 'there is no such file'
              : `the file ${given.wrong}`,
        hint: `name a file that holds the ${kind} and nothing else, not the secret itself`,
      },
    ]);
  });

/** A flag that is given once for each of its values. */
export const listOf = <Each extends z.ZodType>(each: Each) =>
  z
    .array(each)
    .optional()
    .transform((given) => given ?? []);

export const JSON_RESULT = onOff('Print the result as JSON');
export const FORCE = onOff('Run though the preflight says that this machine cannot carry it (exit 113)');
export const YES = onOff(
  "Go beyond the platform's documented quotas on a target that is not your own, without being asked",
).meta({ alias: 'y' });
