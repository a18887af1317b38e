/** A course of values as one line of bars. */
const BARS = '▁▂▃▄▅▆▇█';

/** One character per value, 0 the lowest bar and `highest` the full one; a gap where there is no value. */
export function sparkline(values: (number | undefined)[], highest: number): string {
  return values
    .map((value) => {
      if (value === undefined) return ' ';
      const share = highest > 0 ? Math.min(1, Math.max(0, value / highest)) : 0;
      return BARS[Math.round(share * (BARS.length - 1))];
    })
    .join('');
}
