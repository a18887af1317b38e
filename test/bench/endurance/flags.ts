/** The flags of `npm run endurance --`. */
import { parseArgs } from 'node:util';
import { CLIENTS } from '../../../src/client/clients.ts';

export interface Flags {
  client: string;
  minutes: number;
  devices: number;
  killEverySec: number;
  /** Collect garbage before each look at the heaps: what is left then is held on to. */
  collect: boolean;
  help: boolean;
}

/** Of the beginning: heaps grow to their size, code is compiled. */
export const SETTLING_SEC = 120;

export const USAGE = `npm run endurance -- [--client wire] [--minutes 10] [--devices 2000] [--kill-every 20] [--collect]

  --client      wire or mqtt [wire]
  --minutes     how long; the slope is that of what comes after the first two [10]
  --devices     how many, all of them cut off each time [2000]
  --kill-every  seconds from one SIGKILL of the broker to the next [20]
  --collect     collect garbage before each look, to look for leaks; the figures of the process are then not those of a run
  --help        this

Exit code 1: memory grew by more than 1 MB a minute, not all devices came back, the books do not balance, or the run was not completed.
`;

/** Throws a TypeError on what it does not know. */
export function readFlags(args: string[]): Flags {
  const { values } = parseArgs({
    args,
    options: {
      client: { type: 'string', default: 'wire' },
      minutes: { type: 'string', default: '10' },
      devices: { type: 'string', default: '2000' },
      'kill-every': { type: 'string', default: '20' },
      collect: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { client } = values;
  if (!CLIENTS.some(({ name }) => name === client))
    throw new TypeError(`there is no client ${values.client}`);
  return {
    client,
    minutes: positive('--minutes', values.minutes),
    devices: positive('--devices', values.devices),
    killEverySec: positive('--kill-every', values['kill-every']),
    collect: values.collect,
    help: values.help,
  };
}

function positive(flag: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new TypeError(`${flag} takes a number above 0`);
  return value;
}
