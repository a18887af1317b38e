/** The fault matrix: every row of it. */
import type { Row } from './row.ts';
import { HANDSHAKE } from './rows/handshake.ts';

export const TABLE: Row[] = [...HANDSHAKE];
