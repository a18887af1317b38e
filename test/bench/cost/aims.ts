/** What mqtt-fleet is meant to cost, as ratios within one run: figures of one machine say little of another. */
import { plainTable } from '../../../src/report/text/plain-table.ts';
import { FIGURES, type FigureName } from './figures.ts';
import { connecting, connectingTls, flatOut, type Load, paced } from './load.ts';
import type { Results } from './results.ts';
import { BARE_MQTTJS, FLOOR, MQTTJS, WIRE } from './rows.ts';
import type { Tool } from './tools/tool.ts';

interface Aim {
  of: Tool;
  /** Without it, the figure itself is the aim. */
  against?: Tool;
  load: Load;
  figure: FigureName;
  atMost?: number;
  atLeast?: number;
}

const CPU = 'cpuPerConnectionUs';
const MESSAGE = 'cpuPerMessageUs';

const AIMS: Aim[] = [
  { of: WIRE, against: FLOOR, load: connecting(), figure: CPU, atMost: 1.3 },
  { of: WIRE, against: FLOOR, load: connectingTls('full'), figure: CPU, atMost: 1.3 },
  { of: WIRE, against: FLOOR, load: connectingTls('resumed'), figure: CPU, atMost: 1.3 },
  { of: WIRE, load: connecting(), figure: 'kbPerConnection', atMost: 10 },
  { of: WIRE, against: FLOOR, load: paced(0), figure: MESSAGE, atMost: 1.4 },
  { of: WIRE, against: FLOOR, load: paced(1), figure: MESSAGE, atMost: 1.4 },
  { of: WIRE, against: FLOOR, load: flatOut(0), figure: 'messagesPerSec', atLeast: 0.6 },
  { of: WIRE, against: FLOOR, load: flatOut(1), figure: 'messagesPerSec', atLeast: 0.6 },
  { of: MQTTJS, against: BARE_MQTTJS, load: connecting(), figure: CPU, atMost: 1.2 },
  { of: MQTTJS, against: BARE_MQTTJS, load: paced(0), figure: MESSAGE, atMost: 1.2 },
  { of: MQTTJS, against: BARE_MQTTJS, load: paced(1), figure: MESSAGE, atMost: 1.2 },
];

export interface Outcome {
  what: string;
  aim: string;
  actual: number;
  isMet: boolean;
}

/** Of those that were measured. */
export function aimsOf(results: Results): Outcome[] {
  return AIMS.flatMap((aim) => {
    const actual = actualOf(aim, results);
    return actual === undefined ? [] : [outcomeOf(aim, actual)];
  });
}

function actualOf({ of, against, load, figure }: Aim, results: Results): number | undefined {
  const value = results.median(of.name, load)?.[figure];
  if (against === undefined) return value;
  const base = results.median(against.name, load)?.[figure];
  return value === undefined || base === undefined ? undefined : value / base;
}

function outcomeOf({ of, against, load, figure, atMost, atLeast }: Aim, actual: number): Outcome {
  const bound = atMost ?? atLeast!;
  const unit = against === undefined ? '' : ` × ${against.name}`;
  return {
    what: `${of.name}: ${FIGURES[figure]}, ${load.name}`,
    aim: `${atMost === undefined ? '≥' : '≤'} ${bound}${unit}`,
    actual,
    isMet: atMost === undefined ? actual >= bound : actual <= bound,
  };
}

/** Empty where none was measured. */
export function aimsTable(outcomes: Outcome[]): string {
  if (outcomes.length === 0) return '';
  const rows = outcomes.map(({ what, aim, actual, isMet }) => [
    `${isMet ? '✓' : '✗'} ${what}`,
    aim,
    actual.toFixed(2),
  ]);
  return plainTable(['Aims', 'aim', 'is'], rows);
}
