/** The fault matrix: every row of it. */
import type { Row } from './row.ts';
import { BROKER } from './rows/broker.ts';
import { HANDSHAKE } from './rows/handshake.ts';
import { NETWORK } from './rows/network.ts';
import { STREAM } from './rows/stream.ts';
import { TLS } from './rows/tls.ts';

export const TABLE: Row[] = [...BROKER, ...HANDSHAKE, ...STREAM, ...TLS, ...NETWORK];
