/** The frame of a command that measures with mosquitto: `npm run bench`, `npm run endurance`. */
import { MOSQUITTO } from '../integration/mosquitto.ts';

interface Command<Flags> {
  usage: string;
  /** Throws a TypeError on what it does not know: exit code 104. */
  readFlags(args: string[]): Flags;
  /** Resolves with the exit code. */
  main(flags: Flags): Promise<number>;
}

export async function runCommand<Flags extends { help: boolean }>(command: Command<Flags>): Promise<void> {
  const { usage, readFlags, main } = command;
  try {
    const flags = readFlags(process.argv.slice(2));
    if (flags.help) console.log(usage);
    else if (MOSQUITTO === undefined)
      throw new Error('mosquitto is not installed: `apt-get install mosquitto`');
    else process.exitCode = await main(flags);
  } catch (error) {
    console.error(error instanceof TypeError ? `${error.message}\n\n${usage}` : error);
    process.exitCode = error instanceof TypeError ? 104 : 1;
  }
}
