/** The flags that let Prometheus watch a run. */
import { LINGER_US, parseListenAddress } from '../../app/watch/listen-address.ts';
import { type Complain, parsed } from '../../input/fields.ts';
import { formatDuration, parseDurationUs } from '../../model/units.ts';
import type { Values } from './flags.ts';

export const PROMETHEUS_FLAGS = {
  prometheus: parsed(parseListenAddress, 'takes HOST:PORT, e.g. 127.0.0.1:9464')
    .optional()
    .meta({ description: 'Serve the metrics of the run to Prometheus at HOST:PORT, e.g. 127.0.0.1:9464' }),
  prometheusLinger: parsed(parseDurationUs, 'takes a duration, e.g. 15s')
    .optional()
    .meta({ description: `At the end, wait that long for the last scrape [${formatDuration(LINGER_US)}]` }),
};

/** A rule of the two. */
export function lingerForSomebody(
  { prometheus, prometheusLinger: linger }: Values<typeof PROMETHEUS_FLAGS>,
  complain: Complain,
): void {
  if (linger !== undefined && prometheus === undefined)
    complain([], '--prometheus-linger needs --prometheus');
}
