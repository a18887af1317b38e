/** The tables: which loads each part has, and how its figures stand beside the floor's. */
import { plainTable } from '../../../src/report/text/plain-table.ts';
import { FIGURES, type FigureName } from './figures.ts';
import type { Part } from './flags.ts';
import { connecting, connectingTls, flatOut, type Load, loggingIn, paced, storming } from './load.ts';
import type { Results } from './results.ts';
import type { Tool } from './tools/tool.ts';

interface Column {
  load: Load;
  figure: FigureName;
  /** What tells it from other columns of the same figure. */
  of?: string;
  /** Beside it, how many times that of the first row. */
  ratio: boolean;
}

const TITLES: Record<Part, string> = {
  a: '(a) 5,000 devices connect, beside 1,000, and stay',
  b: '(b) 2,000 devices × 5 messages/s of 64 B',
  c: '(c) 100 devices as fast as they can, 64 B, as the broker counts',
  d: '(d) mqtt-fleet with one thread and with two',
  e: '(e) 800 devices connect over TLS 1.3 (RSA 2048), beside 300, and stay',
  f: '(f) mqtt-fleet, 800 devices sign, or ask for a token over HTTPS whose connections are kept, and connect, beside 300',
};

const COLUMNS: Record<Part, Column[]> = {
  a: [
    { load: connecting(), figure: 'cpuPerConnectionUs', ratio: true },
    { load: connecting(), figure: 'connectsPerSec', ratio: true },
    { load: connecting(), figure: 'kbPerConnection', ratio: true },
  ],
  b: [
    { load: paced(0), figure: 'cpuPerMessageUs', of: 'QoS 0', ratio: true },
    { load: paced(1), figure: 'cpuPerMessageUs', of: 'QoS 1', ratio: true },
  ],
  c: [
    { load: flatOut(0), figure: 'messagesPerSec', of: 'QoS 0', ratio: true },
    { load: flatOut(0), figure: 'cpuPerMessageUs', ratio: false },
    { load: flatOut(1), figure: 'messagesPerSec', of: 'QoS 1', ratio: true },
    { load: flatOut(1), figure: 'cpuPerMessageUs', ratio: false },
  ],
  d: [
    { load: storming(1), figure: 'mostConnectsPerSec', of: '1 thread', ratio: false },
    { load: storming(2), figure: 'mostConnectsPerSec', of: '2 threads', ratio: false },
    { load: flatOut(1), figure: 'messagesPerSec', of: 'QoS 1, 1 thread', ratio: false },
    { load: flatOut(1, 2), figure: 'messagesPerSec', of: 'QoS 1, 2 threads', ratio: false },
  ],
  e: [
    { load: connectingTls('full'), figure: 'cpuPerConnectionUs', of: 'full', ratio: true },
    { load: connectingTls('resumed'), figure: 'cpuPerConnectionUs', of: 'resumed', ratio: true },
    { load: connectingTls('full'), figure: 'kbPerConnection', ratio: true },
  ],
  f: [
    { load: loggingIn('hmac'), figure: 'cpuPerConnectionUs', of: 'hmac', ratio: false },
    { load: loggingIn('https'), figure: 'cpuPerConnectionUs', of: 'https', ratio: false },
  ],
};

export function loadsOf(part: Part): Load[] {
  return COLUMNS[part].map(({ load }) => load);
}

export function tableOf(part: Part, tools: Tool[], results: Results): string {
  const columns = COLUMNS[part];
  const head = columns.flatMap(({ figure, of, ratio }) => [
    [FIGURES[figure], of].filter(Boolean).join(', '),
    ...(ratio ? ['×'] : []),
  ]);
  const [first] = tools;
  const cells = (tool: Tool): string[] =>
    columns.flatMap(({ load, figure, ratio }) => {
      const value = results.median(tool.name, load)?.[figure];
      const base = results.median(first!.name, load)?.[figure];
      const cell = value === undefined ? 'n/a' : formatted(value);
      if (!ratio) return [cell];
      return [cell, value === undefined || base === undefined ? '' : (value / base).toFixed(2)];
    });
  return `${TITLES[part]}\n${plainTable(
    ['', ...head],
    tools.map((tool) => [tool.name, ...cells(tool)]),
  )}`;
}

function formatted(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(3);
}
