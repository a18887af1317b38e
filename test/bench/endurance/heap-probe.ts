/** Loaded into every thread of the process under test (`--import`): tells the size of the thread's heap, one line of JSON at a time. */
import { appendFileSync } from 'node:fs';
import { threadId } from 'node:worker_threads';
import { collectGarbage } from './garbage.ts';

export interface HeapLook {
  atMs: number;
  threadId: number;
  heapUsed: number;
  heapTotal: number;
  /** Outside of the heap and held by it: buffers, and the memory of WebAssembly. */
  external: number;
}

const { HEAP_LOG: file, HEAP_LOOK_MS: lookMs, HEAP_COLLECT: isCollecting } = process.env;

if (file !== undefined) {
  setInterval(() => {
    if (isCollecting !== undefined) collectGarbage();
    const { heapUsed, heapTotal, external } = process.memoryUsage();
    const look: HeapLook = { atMs: Date.now(), threadId, heapUsed, heapTotal, external };
    appendFileSync(file, `${JSON.stringify(look)}\n`);
  }, Number(lookMs)).unref();
}
