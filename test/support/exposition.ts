/**
 * A strict reader of Prometheus' text format, version 0.0.4, as its specification has it. What a server would take with a shrug is an
 * error here: a family in two places, a series twice, a sample without a TYPE, a histogram that is none.
 */
export interface Family {
  type: string;
  help: string;
  samples: Sample[];
}

export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

const NAME = /^[a-zA-Z_:][\w:]*$/;
const COMMENT = /^# (HELP|TYPE) (\S+) (.*)$/;
const SAMPLE = /^([^{\s]+)(?:\{(.*)\})? (\S+)(?: (-?\d+))?$/;
/** Name, equals sign, and in quotes anything but a quote, a backslash alone and a newline. */
const LABEL = /^([a-zA-Z_]\w*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const TYPES = ['counter', 'gauge', 'histogram', 'summary', 'untyped'];

/** By name. Throws an Error that names the line. */
export function parseExposition(text: string): Map<string, Family> {
  if (!text.endsWith('\n')) throw new Error('the last line does not end');
  const families = new Map<string, Family>();
  const series = new Set<string>();
  let current = '';
  for (const [index, line] of text.slice(0, -1).split('\n').entries()) {
    try {
      current = readLine(line, current, families, series);
    } catch (error) {
      throw new Error(`line ${index + 1}: ${(error as Error).message}: ${line}`);
    }
  }
  for (const [name, family] of families) {
    if (!TYPES.includes(family.type)) throw new Error(`${name} has no type`);
    if (family.type === 'histogram') checkHistogram(name, family.samples);
  }
  return families;
}

/** The family that the line belongs to. */
function readLine(line: string, current: string, families: Map<string, Family>, series: Set<string>): string {
  if (line === '') return current;
  if (line.startsWith('#')) return readComment(line, current, families);
  const match = SAMPLE.exec(line);
  if (!match) throw new Error('no sample');
  const [, name = '', labelText = '', valueText = ''] = match;
  const family = families.get(current);
  if (!family || !namesOf(current, family.type).includes(name)) throw new Error('outside of its family');
  const labels = parseLabels(labelText);
  const id = `${name} ${JSON.stringify(Object.entries(labels).sort())}`;
  if (series.has(id)) throw new Error('twice');
  series.add(id);
  family.samples.push({ name, labels, value: parseNumber(valueText) });
  return current;
}

function readComment(line: string, current: string, families: Map<string, Family>): string {
  const match = COMMENT.exec(line);
  if (!match) throw new Error('a comment of no use');
  const [, kind, name = '', text = ''] = match;
  if (!NAME.test(name)) throw new Error('no name');
  if (name !== current) {
    if (families.has(name)) throw new Error('a family in two places');
    families.set(name, { type: '', help: '', samples: [] });
  }
  const family = families.get(name)!;
  if (family.samples.length > 0) throw new Error('after its samples');
  const field = kind === 'HELP' ? 'help' : 'type';
  if (family[field] !== '') throw new Error('twice');
  family[field] = text;
  return name;
}

function namesOf(name: string, type: string): string[] {
  return type === 'histogram' ? ['_bucket', '_sum', '_count'].map((suffix) => name + suffix) : [name];
}

function parseLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (let rest = text; rest !== ''; ) {
    const match = LABEL.exec(rest);
    if (!match) throw new Error('not labels');
    const [all, name = '', value = ''] = match;
    if (name in labels) throw new Error(`label ${name} twice`);
    labels[name] = value.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
    rest = rest.slice(all.length);
  }
  return labels;
}

function parseNumber(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  if (!NUMBER.test(text)) throw new Error('not a number');
  return Number(text);
}

/** Of one series each, as all of ours are. */
function checkHistogram(name: string, samples: Sample[]): void {
  const buckets = samples.filter((sample) => sample.name === `${name}_bucket`);
  const bounds = buckets.map(({ labels }) => parseNumber(labels.le ?? 'none'));
  const counts = buckets.map(({ value }) => value);
  const ascends = (values: number[], by: (a: number, b: number) => boolean): boolean =>
    values.every((value, index) => index === 0 || by(values[index - 1]!, value));
  if (!ascends(bounds, (a, b) => a < b)) throw new Error(`${name}: bounds do not ascend`);
  if (!ascends(counts, (a, b) => a <= b)) throw new Error(`${name}: buckets are not cumulative`);
  if (bounds.at(-1) !== Number.POSITIVE_INFINITY) throw new Error(`${name}: no bucket for all`);
  const of = (suffix: string): number | undefined =>
    samples.find((sample) => sample.name === name + suffix)?.value;
  if (of('_count') !== counts.at(-1)) throw new Error(`${name}: count is not that of the last bucket`);
  if (of('_sum') === undefined) throw new Error(`${name}: no sum`);
}
