/**
 * What a connection, a connect and a message cost, by client, in user and system time and in resident memory of the process. Measured with
 * Node 20.20 on an EPYC at loopback (kernel 6.18): 6,000 connections over TCP, 3,000 over TLS, against 1,000; 2,000 devices with 10,000
 * messages a second. Connects that come slower than the bench's cost more each, so those here are about half as dear again. Another
 * machine has other numbers: they tell 1 GB from 10, not 1.0 from 1.1.
 */
import type { ClientKind } from '../model/scenario.ts';

export interface Cost {
  /** Memory of an open connection that has nothing to do. */
  tcpBytes: number;
  tlsBytes: number;
  connectUs: number;
  /** CPU of the TLS handshake, beside that of the connect. */
  tlsUs: number;
  /** One message sent at QoS 1, with its PUBACK. */
  messageUs: number;
  /** One message received. */
  replyUs: number;
}

const KB = 1024;
const MB = 1024 * KB;

export const COSTS: Record<ClientKind, Cost> = {
  mqtt: { tcpBytes: 60 * KB, tlsBytes: 110 * KB, connectUs: 600, tlsUs: 1500, messageUs: 80, replyUs: 50 },
  wire: { tcpBytes: 10 * KB, tlsBytes: 60 * KB, connectUs: 200, tlsUs: 1500, messageUs: 30, replyUs: 20 },
};

export const STAND_IN_COST: Cost = {
  ...{ tcpBytes: 12 * KB, tlsBytes: 60 * KB, connectUs: 500, tlsUs: 1500, messageUs: 30, replyUs: 20 },
};

/** Memory of the coordinator, of each worker, and of the stand-in, without connections. */
export const BASE_BYTES = 60 * MB;
