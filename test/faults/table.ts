/** The fault matrix: every row of it. */
import type { Row } from './row.ts';
import { BROKER } from './rows/broker.ts';
import { DISK } from './rows/disk.ts';
import { HANDSHAKE } from './rows/handshake.ts';
import { MACHINE } from './rows/machine.ts';
import { NETWORK } from './rows/network.ts';
import { SIGNALS } from './rows/signals.ts';
import { STAND_IN } from './rows/stand-in.ts';
import { STREAM } from './rows/stream.ts';
import { STREAMS } from './rows/streams.ts';
import { TLS } from './rows/tls.ts';
import { WORKER } from './rows/worker.ts';

/** The long ones first: what is short fills the end. */
export const TABLE: Row[] = [
  ...MACHINE,
  ...STAND_IN,
  ...WORKER,
  ...SIGNALS,
  ...DISK,
  ...STREAMS,
  ...BROKER,
  ...HANDSHAKE,
  ...STREAM,
  ...TLS,
  ...NETWORK,
];
