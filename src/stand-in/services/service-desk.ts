/** Requests to the platform's services, from the form to the JSON: what is wrong with HTTP is said in HTTP, all else in the platform's codes. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../model/clock.ts';
import type { Gate, Service, ServiceRequest } from '../../platform/check.ts';
import { type Counts, countAnswer } from '../endpoint/counts.ts';
import type { Truth } from '../endpoint/truth.ts';
import type { Faults } from '../faults/faults.ts';

/** A form has some hundred bytes. */
const MOST_BODY_BYTES = 16 * 1024;
const FORM_TYPE = /^application\/x-www-form-urlencoded\s*(;|$)/i;

export interface ServiceDeskParts {
  clock: Clock;
  truth: Truth;
  faults: Faults | undefined;
  /** Where those go that came over TLS, or not. */
  mqttOf(tls: boolean): ServiceRequest['mqtt'];
}

export class ServiceDesk {
  private readonly services: NonNullable<Gate['services']>;
  private readonly counts: Counts;
  private readonly parts: ServiceDeskParts;

  constructor(services: Gate['services'], counts: Counts, parts: ServiceDeskParts) {
    this.services = services ?? {};
    this.counts = counts;
    this.parts = parts;
  }

  handle(tls: boolean, request: IncomingMessage, response: ServerResponse): void {
    const path = request.url!.split('?')[0]!;
    const service = Object.hasOwn(this.services, path) ? this.services[path] : undefined;
    if (service === undefined) {
      refuse(response, 404);
    } else if (request.method !== 'POST') {
      refuse(response.setHeader('allow', 'POST'), 405);
    } else {
      readBody(request, (body) => {
        if (body === undefined) refuse(response, 413);
        else this.answer(service, tls, formIn(request, body), response);
      });
    }
  }

  /** The answer is made, and counted, before it waits for a delay that was asked for: the client may be gone by then. */
  private answer(
    service: Service,
    tls: boolean,
    form: ServiceRequest['form'],
    response: ServerResponse,
  ): void {
    const { clock, truth, faults, mqttOf } = this.parts;
    const askedUs = clock.nowUs();
    const answer = service.answer({ form, tls, mqtt: mqttOf(tls) });
    countAnswer(this.counts, service.kind, answer.code);
    const body = JSON.stringify(answer);
    const say = (): void => {
      response
        .writeHead(200, {
          'content-type': 'application/json;charset=utf-8',
          'content-length': Buffer.byteLength(body),
        })
        .end(body);
      if (answer.code === 200) truth.record(service.kind, clock.nowUs() - askedUs);
    };
    if (faults === undefined) say();
    else faults.whenDue(service.kind, askedUs, say);
  }
}

/** A body that is not wanted is not read either: the connection ends. */
function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { connection: 'close', 'content-length': 0 }).end();
}

/** Undefined for more than a form may have. What never comes whole is cut by the server. */
function readBody(request: IncomingMessage, done: (body: string | undefined) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const take = (chunk: Buffer): void => {
    bytes += chunk.length;
    chunks.push(chunk);
    if (bytes <= MOST_BODY_BYTES) return;
    request.off('data', take).off('end', end).resume();
    done(undefined);
  };
  const end = (): void => done(Buffer.concat(chunks).toString());
  request
    .on('data', take)
    .on('end', end)
    .on('error', () => {});
}

/** Undefined for another type, and where a name comes twice: which was signed, nobody could say. */
function formIn({ headers }: IncomingMessage, body: string): ServiceRequest['form'] {
  if (!FORM_TYPE.test(headers['content-type'] ?? '')) return undefined;
  const form = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(body)) {
    if (form.has(name)) return undefined;
    form.set(name, value);
  }
  return form;
}
