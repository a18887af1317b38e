/** The free part of client ids where the scenario makes it, of a template. */
import type { DeviceTable, Identity } from '../../../model/devices/device-table.ts';
import { splitAtPlaceholders } from '../../../model/placeholders.ts';

export const FREE_PART_PLACEHOLDERS = ['productKey', 'deviceName'] as const;

/** Fills a template, whose placeholders are known to be those. */
export function freePartFrom(template: string): (device: Identity) => string {
  const parts = splitAtPlaceholders(template);
  return (device) => {
    let made = parts[0]!;
    for (let at = 1; at < parts.length; at += 2) made += device[parts[at] as keyof Identity] + parts[at + 1]!;
    return made;
  };
}

/** How many devices get a free part of more than `most` characters of the template, and how long the longest is. */
export function tooLongFreeParts(
  template: string,
  devices: DeviceTable,
  most: number,
): { count: number; longest: number } {
  const fill = freePartFrom(template);
  let [count, longest] = [0, 0];
  for (let row = 0; row < devices.count; row++) {
    if (devices.listedClientId(row) !== '') continue;
    const made = fill(devices.identity(row));
    // As many units as characters at least: most are short enough without a closer look.
    const characters = made.length > most ? [...made].length : made.length;
    if (characters > most) count++;
    longest = Math.max(longest, characters);
  }
  return { count, longest };
}
