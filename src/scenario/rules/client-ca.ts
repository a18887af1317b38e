/** The authority whose certificates the stand-in asks devices for. */
import { dirname, resolve } from 'node:path';
import { certificatesOf, MAX_PEM_BYTES } from '../../input/certificates.ts';
import type { Complain } from '../../input/fields.ts';
import { readGivenFile } from '../../input/given-file.ts';
import type { StandInOptions } from '../../model/scenario.ts';

/** `isUnset` tells whether it has been said that the environment variable of the value is not set. */
export async function checkClientCa(
  { clientCaFile }: StandInOptions,
  file: string,
  isUnset: (path: readonly PropertyKey[]) => boolean,
  complain: Complain,
): Promise<void> {
  const path = ['broker', 'clientCa'];
  if (clientCaFile === undefined || isUnset(path)) return;
  const read = await readGivenFile(resolve(dirname(file), clientCaFile), MAX_PEM_BYTES);
  const found = 'wrong' in read ? read : certificatesOf(read.content);
  if ('wrong' in found)
    complain(path, found.isMissing ? 'is not a file that can be read' : found.wrong, found.hint);
}
