/** What the stand-in and bare processes cost, measured as the clients were (client/clients). */
import type { Cost } from '../client/client-kind.ts';

const KB = 1024;
const MB = 1024 * KB;

export const STAND_IN_COST: Cost = {
  ...{ tcpBytes: 12 * KB, tlsBytes: 60 * KB, connectUs: 500, tlsUs: 1500, messageUs: 30, replyUs: 20 },
};

/** CPU of asking for a token over a connection that is kept, and of giving one. */
export const REQUEST_COST = { askUs: 700, giveUs: 400 };

/** Memory of the coordinator, of each worker, and of the stand-in, without connections. */
export const BASE_BYTES = 60 * MB;
