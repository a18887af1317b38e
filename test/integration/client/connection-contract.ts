/** What every Client must do, whatever it is made of. The suite knows nothing but client/connection, TCP and MQTT. */
import { afterEach, describe } from 'vitest';
import { describeBacklog } from './contract/backlog.ts';
import { describeBounds } from './contract/bounds.ts';
import { describeClosing } from './contract/closing.ts';
import { describeCrowd } from './contract/crowd.ts';
import { describeFailedAttempts } from './contract/failed-attempts.ts';
import { describeHandshakes } from './contract/handshakes.ts';
import { describeLimits } from './contract/limits.ts';
import { describeLoss } from './contract/loss.ts';
import { describeNoise } from './contract/noise.ts';
import { describeOpening } from './contract/opening.ts';
import { describePersistence } from './contract/persistence.ts';
import { describePoison } from './contract/poison.ts';
import { describeSession } from './contract/session.ts';
import { describeTls } from './contract/tls.ts';
import { describeTopicAlias } from './contract/topic-alias.ts';
import { Bench, type ClientFactory } from './device.ts';

export function describeConnectionContract(name: string, createClient: ClientFactory): void {
  describe(`${name} as a Client`, () => {
    const bench = new Bench(createClient);
    afterEach(() => bench.clear());

    describeOpening(bench);
    describeFailedAttempts(bench);
    describeTls(bench);
    describeHandshakes(bench);
    describeSession(bench);
    describePersistence(bench);
    describeTopicAlias(bench);
    describeLoss(bench);
    describeClosing(bench);
    describeCrowd(bench);
    describeNoise(bench);
    describePoison(bench);
    describeLimits(bench);
    describeBounds(bench);
    describeBacklog(bench);
  });
}
