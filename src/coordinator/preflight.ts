/** Can this machine carry the plan? Facts of the machine and what the plan asks of it → findings. Pure. */
import type { Cost } from '../client/client-kind.ts';
import { clientOf } from '../client/clients.ts';
import { rehearsalDescriptors } from '../load/rehearsal.ts';
import type { MachineFacts } from '../machine/facts.ts';
import { BASE_BYTES, REQUEST_COST, STAND_IN_COST } from './costs.ts';
import type { Demand } from './demand.ts';

export interface Finding {
  subject: string;
  needs: number;
  /** What is there; undefined where this system does not tell. */
  has: number | undefined;
  unit: 'count' | 'bytes' | 'cores';
  /** `exceeded` cannot go well; `tight` may or may not. */
  verdict: 'ok' | 'tight' | 'exceeded' | 'unknown';
  /** What stands in the way and what to do about it; empty where all is well. */
  advice: string;
}

/** What a process of ours has open besides connections: its own files, pipes and event loops, and what writing a report takes. */
const OWN_DESCRIPTORS = 16;
const DESCRIPTORS_PER_WORKER = 8;
/** Measured costs are of one machine and one version of Node: beyond this share of what is there they are no promise. */
const TIGHT = 0.8;
/** Share of a core beyond which a thread is late, as in metrics/health. */
const BUSY = 0.95;

export function preflight(demand: Demand, machine: MachineFacts): Finding[] {
  const { hasStandIn } = demand;
  return [
    descriptors(demand, machine),
    ...(hasStandIn ? [descriptorsOfStandIn(demand, machine)] : []),
    sourcePorts(demand, machine),
    ...(demand.localAddresses.length > 0 ? [localAddresses(demand, machine)] : []),
    memory(demand, machine),
    cpu(demand, machine),
    ...(machine.conntrack === undefined ? [] : [conntrack(demand, machine.conntrack)]),
  ];
}

/** Threads share those of their process. What the rehearsal opens is closed again before the start line. */
function descriptors({ connections, requests, workers }: Demand, { descriptors }: MachineFacts): Finding {
  const rehearsal = workers * rehearsalDescriptors(connections) * (requests === 0 ? 1 : 2);
  const needs =
    OWN_DESCRIPTORS + workers * DESCRIPTORS_PER_WORKER + Math.max(connections + requests, rehearsal);
  return descriptorsFinding('descriptors', needs, descriptors);
}

/** Another process, with the same limit and nothing open yet. */
function descriptorsOfStandIn({ connections, requests }: Demand, { descriptors }: MachineFacts): Finding {
  const fresh = descriptors && { ...descriptors, open: 0 };
  return descriptorsFinding('stand-in’s descriptors', OWN_DESCRIPTORS + connections + requests, fresh);
}

function descriptorsFinding(subject: string, needs: number, facts: MachineFacts['descriptors']): Finding {
  const { limit, open } = facts ?? { limit: 0, open: 0 };
  const has = facts && Math.max(0, limit - open);
  const advice = `a process may have ${limit} files open: raise that to ${needs + open} (ulimit -n; LimitNOFILE of a service, --ulimit nofile of a container) or start fewer devices`;
  return { subject, needs, has, unit: 'count', ...judged(needs, has, advice) };
}

/** Ports towards one target address: each local address has the whole range. */
function sourcePorts({ connections, localAddresses, hasStandIn }: Demand, { ports }: MachineFacts): Finding {
  const { count, inUse } = ports ?? { count: 1, inUse: 0 };
  const addresses = Math.max(1, localAddresses.length);
  // The stand-in's own port is one of the range, on the address that is used where none is given.
  const own = hasStandIn && localAddresses.length === 0 ? 1 : 0;
  const has = ports && count * addresses - own;
  const exceeded = `a local address has ${count - own} ports towards one target address: give ${Math.max(2, Math.ceil(connections / count))} of them in localAddresses, or widen net.ipv4.ip_local_port_range`;
  const tight = `${inUse} sockets of this machine are open and may have some of the ports`;
  return {
    subject: 'source ports',
    needs: connections,
    has,
    unit: 'count',
    ...judged(connections, has, exceeded, (has ?? 0) - inUse, tight),
  };
}

function localAddresses({ localAddresses }: Demand, { foreignAddresses }: MachineFacts): Finding {
  const needs = localAddresses.length;
  const has = needs - foreignAddresses.length;
  const verb = foreignAddresses.length === 1 ? 'is' : 'are';
  const advice = `${foreignAddresses.join(', ')} ${verb} not this machine’s: take out of localAddresses, or add to an interface (ip address add)`;
  return { subject: 'local addresses', needs, has, unit: 'count', ...judged(needs, has, advice) };
}

function memory({ connections, client, tls, workers, hasStandIn }: Demand, machine: MachineFacts): Finding {
  const processes = [clientOf({ client }).cost, ...(hasStandIn ? [STAND_IN_COST] : [])];
  const bytes = processes.reduce((sum, { tcpBytes, tlsBytes }) => sum + (tls ? tlsBytes : tcpBytes), 0);
  const needs = BASE_BYTES * (processes.length + workers) + connections * bytes;
  const has = machine.memoryBytes;
  const lighter = client === 'wire' ? '' : ', use `client: wire`';
  const advice = `start fewer devices${lighter}, or spread them over several machines`;
  return {
    subject: 'memory',
    needs,
    has,
    unit: 'bytes',
    ...judged(needs, has, advice, (has ?? 0) * TIGHT, 'little is left for anything else'),
  };
}

/** Warns only: what a connect costs depends on the machine, and the generator's verdict after a run is a measured one. */
function cpu(demand: Demand, { cores }: MachineFacts): Finding {
  const { workers, hasStandIn } = demand;
  const generator = coresFor(demand, clientOf(demand).cost, REQUEST_COST.askUs);
  const needs = generator + (hasStandIn ? coresFor(demand, STAND_IN_COST, REQUEST_COST.giveUs) : 0);
  const finding = { subject: 'CPU', needs, has: cores, unit: 'cores' } as const;
  if (generator / workers > BUSY) {
    const busy = `${workers === 1 ? 'the one worker' : `each of ${workers} workers`} would be busy for ${Math.round((generator / workers) * 100)} % of the time`;
    const advice = `${busy}: use ${Math.ceil(generator / TIGHT)} --workers on as many cores, or lower rates`;
    return { ...finding, verdict: 'tight', advice };
  }
  if (needs <= cores * TIGHT) return { ...finding, verdict: 'ok', advice: '' };
  return {
    ...finding,
    verdict: 'tight',
    advice: 'the generator may be late: lower the rates, or use another machine',
  };
}

function coresFor(demand: Demand, cost: Cost, requestUs: number): number {
  const { connectsPerSec, messagesPerSec, repliesPerSec, requests, tls, areRequestsApart } = demand;
  const handshakes = (tls ? 1 : 0) + (areRequestsApart ? 1 : 0);
  const connectUs = cost.connectUs + handshakes * cost.tlsUs + (requests === 0 ? 0 : requestUs);
  const messagesUs = messagesPerSec * cost.messageUs + repliesPerSec * cost.replyUs;
  return (connectsPerSec * connectUs + messagesUs) / 1e6;
}

/** Warns only: whether these connections are tracked at all, the firewall's rules decide. */
function conntrack({ connections }: Demand, { limit, inUse }: { limit: number; inUse: number }): Finding {
  const has = Math.max(0, limit - inUse);
  const advice = 'the firewall drops what it cannot track: raise net.netfilter.nf_conntrack_max';
  return {
    subject: 'conntrack entries',
    needs: connections,
    has,
    unit: 'count',
    ...judged(connections, Number.POSITIVE_INFINITY, '', has, advice),
  };
}

/** Above `has` is exceeded; from `surely` up to there is tight. */
function judged(
  needs: number,
  has: number | undefined,
  exceeded: string,
  surely = has ?? 0,
  tight = '',
): Pick<Finding, 'verdict' | 'advice'> {
  if (has === undefined) return { verdict: 'unknown', advice: 'this system does not tell' };
  if (needs > has) return { verdict: 'exceeded', advice: exceeded };
  return needs > surely ? { verdict: 'tight', advice: tight } : { verdict: 'ok', advice: '' };
}
