/** What the platform lets a whole account or instance do, against what the fleet will do together. Pure. */

import type { Complain } from '../../input/fields.ts';
import { messagesPerSec } from '../../model/pace.ts';
import type { Scenario } from '../../model/scenario.ts';
import {
  MAX_ACCOUNT_MESSAGES_PER_SEC,
  MAX_CONNECTS_PER_MINUTE,
  MAX_CONNECTS_PER_SEC,
  MAX_MESSAGES_PER_SEC,
  MAX_NEW_INSTANCE_DEVICES,
} from '../../platform/aliyun/limits.ts';

/** Warns of the platform as a target only: a private broker has its own limits. */
export function warnOfAccount(scenario: Scenario, devices: number, warn: Complain): void {
  const { target, connect, reconnect } = scenario;
  if (target.kind !== 'region' && target.kind !== 'instance') return;
  if (connect.stages.some((stage) => Math.max(stage.fromPerSec, stage.toPerSec) > MAX_CONNECTS_PER_SEC)) {
    warn(['connect', 'stages'], `goes beyond the platform's ${MAX_CONNECTS_PER_SEC} connects/s per account`);
  }
  for (const [path, policy] of [
    [['connect', 'retry'], connect.retry] as const,
    [['reconnect'], reconnect] as const,
  ]) {
    if (policy === undefined || policy.perMinute <= MAX_CONNECTS_PER_MINUTE) continue;
    const most = `the platform's ${MAX_CONNECTS_PER_MINUTE} connects a minute per device`;
    warn([...path, 'perMinute'], `goes beyond ${most}`);
  }
  const perSec = messagesPerSec(scenario.publish, devices);
  if (perSec > MAX_ACCOUNT_MESSAGES_PER_SEC) {
    const most = `the platform took ${MAX_ACCOUNT_MESSAGES_PER_SEC}/s per account in 2019`;
    if (Number.isFinite(perSec)) {
      warn(['publish'], `sends ${Math.round(perSec)} messages/s from all devices together`, most);
    } else {
      const [qos0, qos1] = MAX_MESSAGES_PER_SEC;
      const each = `${qos0}/s (QoS 0) or ${qos1}/s (QoS 1) of a device, and drops the rest silently`;
      warn(['publish'], 'sends as many messages as it can', `${most}, and takes ${each}`);
    }
  }
  if (target.kind === 'instance' && devices > MAX_NEW_INSTANCE_DEVICES) {
    const most = `a new public instance has room for ${MAX_NEW_INSTANCE_DEVICES}, an enterprise instance for what was bought`;
    warn(['devices'], `are ${devices}`, most);
  }
}
