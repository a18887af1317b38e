import type { Readable } from 'node:stream';

/** The text of all that waits in a stream. Since Node 26 a `read` without a size gives the first chunk of several. */
export function readAll(stream: Readable): string {
  let text = '';
  for (let chunk = stream.read(); chunk !== null; chunk = stream.read()) text += String(chunk);
  return text;
}
