import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { Output } from '../../../src/cli/output.ts';

/** A stream whose writes fail with the code, on a terminal or not. */
function failing(code: string | undefined, isTTY = false): NodeJS.WriteStream {
  const stream = new Writable({
    write: (_, __, done) => done(code === undefined ? null : Object.assign(new Error(code), { code })),
  });
  return Object.assign(stream, { isTTY }) as unknown as NodeJS.WriteStream;
}

it.each([
  [undefined, false, undefined],
  ['ENOSPC', false, 'ENOSPC'],
  ['EBADF', false, 'EBADF'],
  ['EIO', false, 'EIO'],
  // Nobody is there any more who could read it.
  ['EIO', true, undefined],
  ['EPIPE', false, undefined],
])(
  'of writes that fail with %s (terminal: %s) it tells %s, and none ends the process',
  async (code, isTTY, told) => {
    const stream = failing(code, isTTY);
    const output = new Output(stream);
    stream.write('a');
    stream.write('b');
    await output.flushed();
    expect(output.failure).toBe(told);
  },
);
