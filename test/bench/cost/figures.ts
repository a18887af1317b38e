/** What a measurement comes to. */

export const FIGURES = {
  cpuPerConnectionUs: 'µs CPU/connection',
  connectsPerSec: 'connects/s',
  mostConnectsPerSec: 'most connects/s',
  kbPerConnection: 'KB/connection',
  cpuPerMessageUs: 'µs CPU/message',
  messagesPerSec: 'messages/s',
} as const;

export type FigureName = keyof typeof FIGURES;
export type Figures = Partial<Record<FigureName, number>>;

export function medians(rounds: Figures[]): Figures {
  const names = Object.keys(rounds[0] ?? {}) as FigureName[];
  return Object.fromEntries(names.map((name) => [name, median(rounds.map((figures) => figures[name]!))]));
}

/** Of an even number, the mean of the two in the middle. */
function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
}
