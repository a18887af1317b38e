/** The flags that let Prometheus watch a run. */
import type { Argv } from 'yargs';
import { LINGER, parseListenAddress } from '../../app/watch/listen-address.ts';
import { parseDurationUs } from '../../model/units.ts';

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
