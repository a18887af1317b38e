/** The gauges: levels of which the highest and the lowest over a run can be judged. One row is all that is said of one. */
import type { GaugeRow } from './row.ts';

const ROWS = {
  connections_open: { help: 'Connections open at the end of the last second.' },
} as const satisfies Record<string, GaugeRow>;

export type Gauge = keyof typeof ROWS;
/** Rows of the gauges; none needs anything of a scenario: all of them have connections. */
export const GAUGE_ROWS: Readonly<Record<Gauge, GaugeRow & { needs?: never }>> = ROWS;
