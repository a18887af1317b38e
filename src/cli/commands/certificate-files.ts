/** Certificates and keys that `mqtt-fleet devices` writes: keys readable by you only, and nothing over what is there. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { badInput, FleetError } from '../../model/errors.ts';

interface Pem {
  cert: string;
  key: string;
}

export async function writeAuthority(folder: string, { cert, key }: Pem): Promise<void> {
  await saying(folder, () => mkdir(folder, { recursive: true, mode: 0o700 }));
  await writeKeyPair(folder, 'ca', { cert, key });
}

/** Returns where they are. */
export async function writeKeyPair(folder: string, name: string, { cert, key }: Pem): Promise<Pem> {
  const files = { cert: join(folder, `${name}.pem`), key: join(folder, `${name}.key`) };
  await saying(files.key, () => writeFile(files.key, key, { flag: 'wx', mode: 0o600 }));
  await saying(files.cert, () => writeFile(files.cert, cert, { flag: 'wx' }));
  return files;
}

async function saying(file: string, write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'EEXIST')
      throw badInput([
        { file, message: 'is there already', hint: 'name a folder that is new with --certificates' },
      ]);
    throw new FleetError('harness', `${file} cannot be written: ${code}`, {
      hint: 'name another folder with --certificates',
      cause: error,
    });
  }
}
