/** A terminal to run the built command in: a shell in tmux, on a server of its own. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ROOT, temporaryFolder } from './cli.ts';
import { findProgram, mustBeInstalledInCi } from './program.ts';

/** Undefined if it is not installed. */
export const TMUX = findProgram('tmux');

/** For the title of what is skipped without it. */
export const NO_TMUX = 'skipped: tmux is not installed';

export function tmuxMustBeInstalledInCi(): void {
  mustBeInstalledInCi('tmux', TMUX);
}

export const PROMPT = 'prompt>';

const run = promisify(execFile);
const LOOK_EVERY_MS = 50;
const MOST_LOOKS = 800;

export class Terminal {
  private readonly socket: string;
  private readonly pidFile = join(temporaryFolder(), 'pid');

  private constructor(socket: string) {
    this.socket = socket;
  }

  /** What of the test's own environment decides on colours and progress is left out. */
  static async open(columns: number, rows: number): Promise<Terminal> {
    const terminal = new Terminal(`mqtt-fleet-${randomUUID()}`);
    const { CI, NO_COLOR, FORCE_COLOR, ...env } = process.env;
    const size = ['-x', String(columns), '-y', String(rows)];
    const shell = ['env', `PS1=${PROMPT} `, 'bash', '--norc', '--noprofile'];
    await terminal.tmux(['-f', '/dev/null', 'new-session', '-d', ...size, '-c', ROOT, ...shell], env);
    await terminal.until((screen) => screen.startsWith(PROMPT));
    return terminal;
  }

  /** Types the command line and Enter. */
  async type(line: string): Promise<void> {
    await this.tmux(['send-keys', '-l', line]);
    await this.key('Enter');
  }

  /** mqtt-fleet itself, with variables of its own. Arguments have no spaces. */
  cli(args: string[], variables: Record<string, string> = {}): Promise<void> {
    const set = Object.entries(variables).map(([name, value]) => `export ${name}="${value}";`);
    const command = [process.execPath, join('dist', 'src', 'cli', 'main.js'), ...args];
    return this.type(`sh -c 'echo $$ > ${this.pidFile}; ${set.join(' ')} exec ${command.join(' ')}'`);
  }

  /** Of what cli() has started. */
  get pid(): number {
    return Number(readFileSync(this.pidFile, 'utf8'));
  }

  async key(name: string): Promise<void> {
    await this.tmux(['send-keys', name]);
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.tmux(['resize-window', '-x', String(columns), '-y', String(rows)]);
  }

  /** The rows with anything in them, as they are seen; with their colours as escapes if asked for. */
  async screen({ colours = false } = {}): Promise<string> {
    const { stdout } = await this.tmux(['capture-pane', '-p', ...(colours ? ['-e'] : [])]);
    return stdout.trimEnd();
  }

  /** The screen that satisfies the condition, once one does. */
  async until(condition: (screen: string) => boolean): Promise<string> {
    let screen = '';
    for (let look = 0; look < MOST_LOOKS; look++) {
      screen = await this.screen();
      if (condition(screen)) return screen;
      await sleep(LOOK_EVERY_MS);
    }
    throw new Error(`this is not what the terminal should have come to show:\n${screen}`);
  }

  /** The screen when the shell prompts again, below all that was said. */
  untilPrompt(): Promise<string> {
    return this.until((screen) => screen.split('\n').length > 1 && screen.endsWith(`\n${PROMPT}`));
  }

  async isCursorVisible(): Promise<boolean> {
    const { stdout } = await this.tmux(['display-message', '-p', '#{cursor_flag}']);
    return stdout.trim() === '1';
  }

  /** Ends the server, and with it whatever still runs in its terminal. */
  async close(): Promise<void> {
    await this.tmux(['kill-server']);
  }

  private tmux(args: string[], env = process.env): Promise<{ stdout: string }> {
    if (TMUX === undefined) throw new Error(NO_TMUX);
    return run(TMUX, ['-L', this.socket, ...args], { env });
  }
}
