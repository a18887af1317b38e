/** Whatever a user may hand over as a file or a flag: it is read, or refused with problems that name a place, and holds no secret. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FleetError, formatProblem } from '../../src/model/errors.ts';

export const CANARY = 'canary5ecret';

/** 'read', or 'refused' where it is bad input; anything else is thrown on. */
export async function reading(read: () => Promise<unknown> | unknown): Promise<'read' | 'refused'> {
  try {
    await read();
    return 'read';
  } catch (error) {
    if (!(error instanceof FleetError) || error.code !== 'bad-input') throw error;
    if (error.problems.length === 0) throw new Error('refused without a problem');
    const said = error.problems.map(formatProblem).join('\n');
    if (said.includes(CANARY)) throw new Error(`a problem tells a secret: ${said}`);
    return 'refused';
  }
}

export function writeCase(folder: string, name: string, content: string | Buffer): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}
