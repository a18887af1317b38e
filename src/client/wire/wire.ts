/** The lean client of our own: its name and its costs. */
import type { ClientKind } from '../client-kind.ts';

const KB = 1024;

export const wire = {
  name: 'wire',
  is: 'our own, made for load',
  cost: {
    ...{ tcpBytes: 10 * KB, tlsBytes: 60 * KB },
    ...{ connectUs: 200, tlsUs: 1500, messageUs: 30, replyUs: 20 },
  },
  // 6 KB as measured, and room.
  heapKb: 8,
  load: async () => (await import('./client.ts')).createWireClient,
} satisfies ClientKind;
