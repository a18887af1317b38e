/**
 * The clients that a scenario can name. Their costs were measured with Node 20.20 on an EPYC at loopback (kernel 6.18): 6,000 connections over
 * TCP, 3,000 over TLS, against 1,000; 2,000 devices with 10,000 messages a second. Connects that come slower than the bench's cost more
 * each, so those here are about half as dear again. Another machine has other numbers: they tell 1 GB from 10, not 1.0 from 1.1.
 */
import type { Scenario } from '../model/scenario.ts';
import type { ClientKind } from './client-kind.ts';
import { mqttJs } from './mqttjs/mqttjs.ts';
import { wire } from './wire/wire.ts';

/** The first is what a scenario means that names none. */
export const CLIENTS: readonly [ClientKind, ...ClientKind[]] = [mqttJs, wire];

/** The one that the scenario names. The reader lets no other name through. */
export function clientOf({ client }: Pick<Scenario, 'client'>): ClientKind {
  return CLIENTS.find(({ name }) => name === client) ?? CLIENTS[0];
}
