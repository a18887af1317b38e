import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { growDescriptorTable } from '../../../src/machine/descriptor-table.ts';

it.runIf(process.platform === 'linux')(
  'leaves nothing open, even where more is asked for than may be',
  () => {
    const before = readdirSync('/proc/self/fd').length;
    growDescriptorTable(300);
    growDescriptorTable(10_000_000);
    expect(readdirSync('/proc/self/fd').length).toBe(before);
  },
);
