/** A child process of the bench's: its end, its words for the complaint, nothing left behind. */
import { type ChildProcess, fork, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';

const LAST_WORDS = 2_000;
const PATIENCE_MS = 20_000;

export class ToolProcess {
  readonly child: ChildProcess;
  private readonly name: string;
  private said = '';

  private constructor(name: string, child: ChildProcess) {
    this.name = name;
    this.child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.said = (this.said + text).slice(-LAST_WORDS);
      });
    }
  }

  /** `env` is added to what this process has. */
  static spawn(name: string, program: string, args: string[], env: NodeJS.ProcessEnv = {}): ToolProcess {
    const stdio: StdioOptions = ['ignore', 'pipe', 'pipe'];
    return new ToolProcess(name, spawn(program, args, { stdio, env: { ...process.env, ...env } }));
  }

  /** Node on a file of ours, with a channel for messages. */
  static fork(name: string, file: string, args: string[]): ToolProcess {
    return new ToolProcess(name, fork(file, args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] }));
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** The end of what it has printed. */
  get lastWords(): string {
    return this.said;
  }

  get isOver(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** To be thrown when it has ended, or not ended, against expectation. */
  complaint(what: string): Error {
    return new Error(`${this.name} ${what}\n${this.said.trim()}`);
  }

  /** What it tells next over its channel; throws when it ends without a word. */
  async message<Message>(): Promise<Message> {
    const heard = new AbortController();
    const message = once(this.child, 'message', { signal: heard.signal });
    const exit = once(this.child, 'exit', { signal: heard.signal }).then(() => {
      throw this.complaint('ended too early');
    });
    try {
      const [text] = await Promise.race([message, exit]);
      return text as Message;
    } finally {
      heard.abort();
      await Promise.allSettled([message, exit]);
    }
  }

  /** Its exit code; throws when that has not come in time. */
  async ended(patienceMs = PATIENCE_MS): Promise<number | null> {
    if (!this.isOver) {
      const late = AbortSignal.timeout(patienceMs);
      await once(this.child, 'exit', { signal: late }).catch(() => {
        throw this.complaint('does not end');
      });
    }
    return this.child.exitCode;
  }

  async kill(): Promise<void> {
    if (this.isOver) return;
    const exit = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exit;
  }
}
