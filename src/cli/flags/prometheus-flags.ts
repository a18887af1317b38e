/** The flags that let Prometheus watch a run. */
import type { Argv } from 'yargs';
import { parseDurationUs } from '../../model/units.ts';

export interface PrometheusFlags {
  prometheus?: string;
  prometheusLinger?: string;
}

export interface ListenAddress {
  host: string;
  /** 0 for any free one. */
  port: number;
}

const LINGER = '3s';

export function prometheusFlags(yargs: Argv): Argv {
  return yargs
    .option('prometheus', {
      type: 'string',
      describe: 'Serve the metrics of the run to Prometheus at HOST:PORT, e.g. 127.0.0.1:9464',
    })
    .option('prometheus-linger', {
      type: 'string',
      describe: `At the end, wait that long for the last scrape [${LINGER}]`,
    })
    .check(({ prometheus, prometheusLinger: linger }) => {
      if (prometheus !== undefined && parseListenAddress(String(prometheus)) === undefined) {
        throw new Error('--prometheus takes HOST:PORT, e.g. 127.0.0.1:9464');
      }
      if (linger === undefined) return true;
      if (prometheus === undefined) throw new Error('--prometheus-linger needs --prometheus');
      if (parseDurationUs(String(linger)) === undefined) {
        throw new Error('--prometheus-linger takes a duration, e.g. 15s');
      }
      return true;
    });
}

/** `127.0.0.1:9464`, `localhost:0`, `[::1]:9464`. */
export function parseListenAddress(text: string): ListenAddress | undefined {
  const match = /^(?:\[([\da-fA-F:.]+)\]|([^\s:[\]]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  return match && port <= 65_535 ? { host: (match[1] ?? match[2])!, port } : undefined;
}

/** Of flags that passed the check. */
export function lingerMsOf({ prometheusLinger = LINGER }: PrometheusFlags): number {
  return parseDurationUs(prometheusLinger)! / 1e3;
}
