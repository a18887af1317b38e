/** The files of `broker`: the list that the stand-in knows its devices by, and the authority whose certificates it asks them for. */
import { dirname, resolve } from 'node:path';
import { certificatesOf, MAX_PEM_BYTES } from '../../input/certificates.ts';
import type { Complain } from '../../input/fields.ts';
import { type FileTrouble, lookAt, readGivenFile } from '../../input/given-file.ts';
import type { StandInOptions } from '../../model/scenario.ts';

/** `isUnset` tells whether it has been said that the environment variable of the value is not set. */
export async function checkStandInFiles(
  { devicesFile, clientCaFile }: StandInOptions,
  file: string,
  isUnset: (path: readonly PropertyKey[]) => boolean,
  complain: Complain,
): Promise<void> {
  const check = async (
    key: string,
    named: string | undefined,
    look: (found: string) => Promise<object | FileTrouble>,
  ): Promise<void> => {
    const path = ['broker', key];
    if (named === undefined || isUnset(path)) return;
    const found = await look(resolve(dirname(file), named));
    if (!isTrouble(found)) return;
    complain(path, found.isMissing ? 'is not a file that can be read' : found.wrong, found.hint);
  };
  // What is in it is read, and its problems are told, by who starts the stand-in.
  await check('devices', devicesFile, lookAt);
  await check('clientCa', clientCaFile, async (found) => {
    const read = await readGivenFile(found, MAX_PEM_BYTES);
    return 'wrong' in read ? read : certificatesOf(read.content);
  });
}

function isTrouble(found: object): found is FileTrouble {
  return 'wrong' in found;
}
