/** Forms that are posted to one service, and its answers in JSON: each request timed as to its own connection, where it has to open one. */
import {
  type Agent,
  type ClientRequest,
  Agent as HttpAgent,
  type IncomingMessage,
  type RequestOptions,
  request as requestHttp,
} from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { isIP, type Socket } from 'node:net';
import { secureContext } from '../../../input/secure-context.ts';
import { classify } from '../../../model/failure.ts';
import type { TlsOptions } from '../../../model/scenario.ts';
import { type LoginAttempt, LoginError } from '../../login.ts';
import { refusedBy } from './refused-request.ts';

/** An answer has some hundred bytes. */
const MOST_ANSWER_BYTES = 64 * 1024;
/** The longest a timer of Node's can be: a SYN that waits is what is to be measured, and no reason to try another address. */
const NEVER_MS = 2 ** 31 - 1;

/** Once per thread. */
export class FormRequests {
  private readonly options: RequestOptions;
  private readonly request: typeof requestHttp;

  /** `keepAlive`: connections are used again; else each request has one of its own. */
  constructor(url: string, keepAlive: boolean, tls: TlsOptions) {
    const { protocol, hostname, port, pathname, search } = new URL(url);
    const isTls = protocol === 'https:';
    this.request = isTls ? requestHttps : requestHttp;
    this.options = {
      host: hostname.replace(/^\[(.*)\]$/, '$1'),
      port: port === '' ? (isTls ? 443 : 80) : Number(port),
      path: pathname + search,
      method: 'POST',
      agent: isTls ? httpsAgent(keepAlive, tls) : new HttpAgent(connectionOptions(keepAlive)),
    };
  }

  /** What the answer says in its JSON. Rejects with a LoginError, or with an error of the connection. */
  post(form: string, localAddress: string | undefined, attempt: LoginAttempt): Promise<unknown> {
    return new Promise((resolve, reject) => this.ask(form, localAddress, attempt, resolve, reject, false));
  }

  private ask(
    form: string,
    localAddress: string | undefined,
    attempt: LoginAttempt,
    resolve: (answer: unknown) => void,
    reject: (error: Error) => void,
    isSecond: boolean,
  ): void {
    const startMs = performance.now();
    const request = this.request({
      ...this.options,
      ...(localAddress !== undefined && { localAddress, family: isIP(localAddress) }),
      signal: attempt.signal,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'content-length': Buffer.byteLength(form),
      },
    });
    request.once('socket', (socket) => timeOpening(request, socket, startMs, attempt));
    request.once('response', (response) => read(response, resolve, reject));
    // Nobody asked for another protocol; without a listener Node closes such a connection without a word.
    request.once('upgrade', (_, socket) => {
      socket.destroy();
      reject(refusedBy('status 101'));
    });
    request.on('error', (error) => {
      // The service closed it while it lay idle, which is nobody's failure: such a request has not been looked at.
      const isStale = request.reusedSocket && (error as NodeJS.ErrnoException).code === 'ECONNRESET';
      if (isStale && !isSecond) this.ask(form, localAddress, attempt, resolve, reject, true);
      else reject(new LoginError(classify('auth', error)));
    });
    request.end(form);
  }
}

function connectionOptions(keepAlive: boolean) {
  return { keepAlive, noDelay: true, autoSelectFamilyAttemptTimeout: NEVER_MS };
}

/** The context is made once: parsing authorities per connection would be most of its cost. A device in the field has no session to go on with. */
function httpsAgent(keepAlive: boolean, { certFile: _, keyFile: __, ...server }: TlsOptions): Agent {
  const tls = {
    secureContext: secureContext(server),
    rejectUnauthorized: server.verify,
    maxCachedSessions: 0,
  };
  return new HttpsAgent({ ...connectionOptions(keepAlive), ...tls });
}

/** Of a connection that is opened for the request: there is no time between its parts. */
function timeOpening(request: ClientRequest, socket: Socket, startMs: number, attempt: LoginAttempt): void {
  if (request.reusedSocket) return;
  let beforeMs = startMs;
  const ends = (part: 'dns' | 'tcp' | 'tls') => (): void => {
    const nowMs = performance.now();
    attempt.took(part, Math.round((nowMs - beforeMs) * 1e3));
    beforeMs = nowMs;
  };
  socket.once('lookup', ends('dns'));
  socket.once('connect', ends('tcp'));
  socket.once('secureConnect', ends('tls'));
}

function read(
  response: IncomingMessage,
  resolve: (answer: unknown) => void,
  reject: (error: Error) => void,
): void {
  const { statusCode = 0 } = response;
  if (statusCode !== 200) {
    response.destroy();
    const isRedirect = statusCode >= 300 && statusCode < 400;
    reject(refusedBy(`${isRedirect ? 'redirect' : 'status'} ${statusCode}`));
    return;
  }
  let text = '';
  response.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    if (text.length <= MOST_ANSWER_BYTES) return;
    response.destroy();
    reject(refusedBy('too long', 'protocol'));
  });
  response.on('error', (error) => reject(new LoginError(classify('auth', error))));
  response.on('end', () => {
    try {
      resolve(JSON.parse(text));
    } catch {
      reject(refusedBy('no JSON', 'protocol'));
    }
  });
}
