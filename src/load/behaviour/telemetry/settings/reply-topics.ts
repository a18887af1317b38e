/**
 * Whose answer is it? A device takes what comes on its reply topic for an answer to the message of that id, and the ids of all devices count
 * from 1: on a topic that several devices hear, the answer to one would count as the answer to each of the others. Pure.
 */

import type { Complain } from '../../../../input/fields.ts';
import type { DeviceTable } from '../../../../model/devices/device-table.ts';
import { fillPlaceholders, placeholdersIn } from '../../../../model/placeholders.ts';
import type { PublishPlan } from '../../../../model/scenario.ts';

export function checkReplyTopics(
  publish: readonly PublishPlan[],
  devices: DeviceTable,
  complain: Complain,
): void {
  for (const [at, { reply }] of publish.entries()) {
    const shared = reply === undefined ? undefined : sharedTopic(reply, devices);
    if (shared === undefined) continue;
    const hint = `an answer to one would count for the other: their ids are equal; ${remedy(reply!)}`;
    complain(['publish', at, 'reply'], `is the same topic for ${shared}`, hint);
  }
}

/** A reply topic of two devices; undefined where each has a topic of its own. */
function sharedTopic(reply: string, devices: DeviceTable): string | undefined {
  if (placeholdersIn(reply).length === 0 && devices.count > 1) return `all ${devices.count} devices`;
  const rows = new Map<string, number>();
  for (let row = 0; row < devices.count; row++) {
    const topic = fillPlaceholders(reply, {
      productKey: devices.productKey(row),
      deviceName: devices.deviceName(row),
      clientId: devices.clientId(row),
    });
    const other = rows.get(topic);
    if (other !== undefined) return `devices ${other + 1} and ${row + 1} of the list`;
    rows.set(topic, row);
  }
  return undefined;
}

function remedy(reply: string): string {
  const names = placeholdersIn(reply);
  const missing = ['productKey', 'deviceName'].filter((name) => !names.includes(name));
  // A product's device names are its own; so mostly the name is what is missing.
  if (missing.includes('deviceName')) return 'put ${deviceName} into it';
  return missing.length > 0 ? 'put ${productKey} into it' : 'the list names them twice';
}
