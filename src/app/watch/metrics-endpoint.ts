/** Where Prometheus reads a run: a listener of its events that answers HTTP. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import type { RunEvent } from '../../coordinator/fleet.ts';
import type { Plan } from '../../coordinator/plan.ts';
import { Totals } from '../../metrics/totals.ts';
import { badInput } from '../../model/errors.ts';
import { sleepUs } from '../../model/long-timer.ts';
import { authorityOf } from '../../model/target.ts';
import { exposedMetrics } from '../../report/live/prometheus.ts';
import { listenHint } from '../../stand-in/listeners.ts';
import type { Door } from '../door.ts';
import type { ListenAddress } from './listen-address.ts';

const PATH = '/metrics';

export class MetricsEndpoint {
  private readonly server: Server;
  private readonly registry: Registry;
  private totals: Totals;
  private hasEnded = false;
  private readonly lastScrape: Promise<void>;
  private scrapedLast: () => void = () => {};

  private constructor(scenario: string, plan: Plan) {
    this.lastScrape = new Promise((resolve) => {
      this.scrapedLast = resolve;
    });
    this.totals = new Totals(plan.segments.length);
    this.registry = exposedMetrics({ scenario, planned: plan.starts, totals: () => this.totals });
    this.server = createServer((request, response) => {
      // Whatever is wrong with an answer, the run goes on.
      this.answer(request, response).catch((error: Error) => response.destroy(error));
    });
  }

  /** Throws `bad-input` when the address cannot be had. */
  static async open(address: ListenAddress, scenario: string, plan: Plan): Promise<MetricsEndpoint> {
    const endpoint = new MetricsEndpoint(scenario, plan);
    await listen(endpoint.server, address);
    return endpoint;
  }

  get url(): string {
    const { address, port } = this.server.address() as AddressInfo;
    return `http://${authorityOf(address, port)}${PATH}`;
  }

  readonly onEvent = (event: RunEvent): void => {
    if (event.type === 'progress' || event.type === 'ended') this.totals = event.totals;
    if (event.type === 'ended') this.hasEnded = true;
  };

  /** Until the final totals have been scraped once, a signal comes, or the time is over. */
  async linger(ms: number, door: Door): Promise<void> {
    const over = new AbortController();
    const stopListening = door.onStop(() => over.abort());
    await Promise.race([this.lastScrape, sleepUs(ms * 1e3, over.signal)]);
    over.abort();
    stopListening();
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private async answer({ method, url }: IncomingMessage, response: ServerResponse): Promise<void> {
    if (url?.split('?')[0] !== PATH) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end(`the metrics are at ${PATH}\n`);
      return;
    }
    if (method !== 'GET' && method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
      return;
    }
    // What is read from here on is final, or is not.
    if (this.hasEnded && method === 'GET') response.once('finish', this.scrapedLast);
    const body = await this.registry.metrics();
    response.writeHead(200, { 'content-type': this.registry.contentType }).end(body);
  }
}

async function listen(server: Server, { host, port }: ListenAddress): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  }).catch(({ code, message }: NodeJS.ErrnoException) => {
    const problem = `cannot listen on ${host} port ${port}: ${code ?? message}`;
    throw badInput([{ file: '--prometheus', message: problem, hint: listenHint(code) }]);
  });
}
