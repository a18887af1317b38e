/** The keys of a scenario that ask for telemetry, and the rules over them. */
import * as z from 'zod';
import type { Complain } from '../../../../input/fields.ts';
import type { DeviceTable } from '../../../../model/devices/device-table.ts';
import type { TelemetrySettings } from '../plans.ts';
import { publication, subscription } from './publish-schema.ts';
import { checkReplyTopics } from './reply-topics.ts';

export const shape = {
  subscribe: z
    .array(subscription)
    .prefault([])
    .meta({ description: 'Topics of every device, beside those of `reply`' }),
  publish: z.array(publication).prefault([]).meta({ description: 'What every device publishes' }),
};

export function check(
  { subscribe, publish }: TelemetrySettings,
  devices: DeviceTable,
  complain: Complain,
): void {
  const topics = new Set<string>();
  for (const [at, { topic }] of subscribe.entries()) {
    if (topics.has(topic)) complain(['subscribe', at, 'topic'], 'is subscribed to twice');
    topics.add(topic);
  }
  checkReplyTopics(publish, devices, complain);
}
