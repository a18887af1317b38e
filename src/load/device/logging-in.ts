/** What stands in a connection's place while a login takes requests: it is given up, or runs out of time, as a connection would. */
import type { Attempt } from '../../client/attempt.ts';
import type { Connection, ConnectionHandler } from '../../client/connection.ts';
import { classify, type Failure } from '../../model/failure.ts';
import { NO_LIMITS } from '../../mqtt/server-limits.ts';
import { type Credentials, LoginError } from '../../platform/login.ts';

export interface LoginHandler extends ConnectionHandler {
  /** The login that took requests is done: this is the connection from here on. */
  authenticated(connection: Connection): void;
}

export class LoggingIn implements Connection {
  private readonly attempt: Attempt;
  private readonly handler: LoginHandler;
  /** Nobody waits for it any more: what it then says is not heard. */
  private isOver = false;
  // What only an open connection has.
  readonly takesMore = false;
  readonly unwrittenBytes = 0;
  readonly limits = NO_LIMITS;
  readonly isResumed = false;
  readonly bytesSent = 0;
  readonly bytesReceived = 0;

  constructor(
    attempt: Attempt,
    handler: LoginHandler,
    credentials: Promise<Credentials>,
    open: (ready: Credentials) => Connection,
  ) {
    this.attempt = attempt;
    this.handler = handler;
    credentials.then(
      (ready) => {
        if (!this.isOver) handler.authenticated(open(ready));
      },
      (error: unknown) => {
        if (!this.isOver) handler.failed(failureOf(attempt, error));
      },
    );
  }

  expire(): void {
    this.giveUp();
    this.handler.failed({ phase: this.attempt.phase, kind: 'timeout', code: '' });
  }

  close(): void {
    this.giveUp();
    this.handler.ended();
  }

  private giveUp(): void {
    this.isOver = true;
    this.attempt.abandon();
  }

  tick(): void {}
  awaitDrain(): void {}
  subscribe(): void {}
  publish(): number {
    return 0;
  }
  resend(): boolean {
    return false;
  }
}

/** A login that came to nothing, as data. What it says in words is not kept: it may hold anything. */
function failureOf({ phase }: Attempt, error: unknown): Failure {
  if (error instanceof LoginError) return error.failure;
  // fetch names the cause of its error, not the error.
  const cause = error instanceof Error ? (error.cause ?? error) : undefined;
  const isCoded = cause instanceof Error && 'code' in cause && typeof cause.code === 'string';
  return isCoded ? classify(phase, cause) : { phase, kind: 'other', code: '' };
}
