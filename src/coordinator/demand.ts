/** What a plan asks of the machine it runs on. */
import { isFlatOut, messagesPerSec } from '../model/pace.ts';
import type { Scenario } from '../model/scenario.ts';
import { usesTls } from '../model/target.ts';
import { isHttps } from '../platform/aliyun/login/https.ts';
import type { Plan } from './plan.ts';

export interface Demand {
  /** Open at once, if none fails. */
  connections: number;
  /** More that may be open while devices connect: those over which they ask for a token. */
  requests: number;
  /** Each of those is over TLS, and over a connection of its own. */
  areRequestsApart: boolean;
  /** Highest rate of all stages. */
  connectsPerSec: number;
  /** Sent by all devices together, once all are connected, and the answers to them; where there is no pace, what can be had will do. */
  messagesPerSec: number;
  repliesPerSec: number;
  client: Scenario['client'];
  workers: number;
  /** The stand-in runs on this machine, in a process of its own. */
  hasStandIn: boolean;
  tls: boolean;
  localAddresses: readonly string[];
}

export function demandOf(scenario: Scenario, plan: Plan): Demand {
  const { target, auth, connect, publish, client, localAddresses = [] } = scenario;
  return {
    connections: plan.starts,
    requests: auth.url === undefined ? 0 : Math.min(plan.starts, connect.maxInFlight),
    areRequestsApart: isHttps(auth) && !auth.keepAlive && !auth.url?.startsWith('http:'),
    connectsPerSec: Math.max(0, ...connect.stages.flatMap((stage) => [stage.fromPerSec, stage.toPerSec])),
    messagesPerSec: messagesPerSec(
      publish.filter((each) => !isFlatOut(each)),
      plan.starts,
    ),
    repliesPerSec: messagesPerSec(
      publish.filter(({ reply }) => reply !== undefined),
      plan.starts,
    ),
    client,
    workers: plan.segments.length,
    hasStandIn: target.kind === 'embedded',
    tls: usesTls(scenario),
    localAddresses,
  };
}
