/** Runs a command of the source in this process, through the door that main.ts hands it: for what needs no process, as what is bad input. */
import { Writable } from 'node:stream';
import { commandsFor } from '../../src/cli/command-table.ts';
import { runProgram } from '../../src/cli/program.ts';
import type { Finished } from './cli.ts';

class Said extends Writable {
  text = '';
  private readonly onSaid: (said: string) => void;

  constructor(onSaid: (said: string) => void = () => {}) {
    super({ decodeStrings: false });
    this.onSaid = onSaid;
  }

  override _write(chunk: string, _encoding: string, done: () => void): void {
    this.text += chunk;
    this.onSaid(chunk);
    done();
  }
}

/** `onSaid` is called within each writing to stderr: something else happens at that moment. */
export async function inProcess(
  args: string[],
  env: NodeJS.ProcessEnv = {},
  onSaid?: (said: string) => void,
): Promise<Finished> {
  const [stdout, stderr] = [new Said(), new Said(onSaid)];
  const code = await runProgram(args, await commandsFor(args), {
    stdout: stdout as unknown as NodeJS.WriteStream,
    stderr: stderr as unknown as NodeJS.WriteStream,
    env,
    onStop: () => () => {},
    onExit: () => () => {},
  });
  return { code, stdout: stdout.text, stderr: stderr.text };
}
