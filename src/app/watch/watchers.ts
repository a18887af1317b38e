/** Whoever watches a run: a person by the live view, Prometheus by an endpoint. */

import type { RunEvent } from '../../coordinator/fleet.ts';
import { terminalText } from '../../model/terminal-text.ts';
import { createLiveView, SILENT_VIEW } from '../../report/live/live-view.ts';
import { paintFor } from '../../report/text/paint.ts';
import type { Door } from '../door.ts';
import { LINGER_US, type ListenAddress } from './listen-address.ts';
import type { MetricsEndpoint } from './metrics-endpoint.ts';
import { showRun, type ViewedRun } from './run-view.ts';

export interface WatchFlags {
  /** Where Prometheus may ask; nowhere without it. */
  prometheus?: ListenAddress | undefined;
  /** How long it may take over the last scrape, in µs. */
  prometheusLinger?: number | undefined;
  quiet: boolean;
}

export interface Watchers {
  /** Hear every event of the run. */
  listeners: ((event: RunEvent) => void)[];
  /** Says what goes wrong beside the run, where it does not disturb the view. */
  warn(text: string): void;
  /** Clears the screen for what is said of the run. */
  endView(): void;
  /** Gives Prometheus the time to read the final totals. */
  linger(): Promise<void>;
  close(): Promise<void>;
}

/** Throws `bad-input` when the endpoint's address cannot be had. */
export async function openWatchers(flags: WatchFlags, run: ViewedRun, door: Door): Promise<Watchers> {
  const endpoint = flags.prometheus && (await openEndpoint(flags.prometheus, run));
  const paint = paintFor(door.stderr, door.env);
  const view = flags.quiet ? SILENT_VIEW : createLiveView(door.stderr, door.env, paint);
  if (endpoint) view.note(`metrics at ${terminalText(endpoint.url)}`);
  const stopListening = door.onExit(() => view.abandon());
  const show = showRun(view, run, paint, () => performance.now());
  const endView = (): void => {
    stopListening();
    view.end();
  };
  return {
    listeners: endpoint ? [show, endpoint.onEvent] : [show],
    warn(text) {
      if (flags.quiet) door.stderr.write(`warning: ${text}\n`);
      else view.note(paint.bad(`warning: ${text}`));
    },
    endView,
    async linger() {
      await endpoint?.linger((flags.prometheusLinger ?? LINGER_US) / 1e3, door);
    },
    async close() {
      endView();
      await endpoint?.close();
    },
  };
}

/** Its library takes a while to load, and most runs go without. */
async function openEndpoint(address: ListenAddress, { scenario, plan }: ViewedRun): Promise<MetricsEndpoint> {
  const { MetricsEndpoint } = await import('./metrics-endpoint.ts');
  return await MetricsEndpoint.open(address, scenario.name, plan);
}
