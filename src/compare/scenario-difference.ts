/**
 * Where two scenarios differ, place by place and in the user's own units. From their texts as a run keeps them: those hold no value of
 * the environment, so that none can be shown.
 */

import { quoted } from '../input/quoted.ts';
import { formatDuration } from '../model/units.ts';
import { SourceDocument } from '../scenario/document/source-document.ts';
import { schemaFor } from '../scenario/schema/scenario-schema.ts';

export interface ScenarioDifference {
  /** `connect.stages.0.rate` */
  path: string;
  base: string;
  head: string;
}

type Leaves = ReadonlyMap<string, string>;

/** No part of the load: names, what is judged afterwards, and another draw of the same chances. */
const NO_LOAD = ['$schema', 'name', 'thresholds', 'seed'];
/** How the other end of the connections is and how it is reached: often what is to be measured. */
const OTHER_END = ['target', 'tls', 'broker'];

/**
 * Of what makes the load. With every default filled in, so that what is written out equals what is left out. A text that this version
 * takes for no scenario (a number may come from the environment) is compared as it was written, and so is then the other.
 */
export function loadDifferences(base: string, head: string): ScenarioDifference[] {
  const values = [base, head].map(valuesOf);
  const drafts = values.map((value) => schemaFor(value).safeParse(value));
  const sound = drafts.every(({ success }) => success) ? drafts.map(({ data }) => data) : values;
  return between(sound[0], sound[1]).filter(({ path }) => !isWithin(path, [...NO_LOAD, ...OTHER_END]));
}

/** Of the other end, as it was written. */
export function otherEndDifferences(base: string, head: string): ScenarioDifference[] {
  return between(valuesOf(base), valuesOf(head)).filter(({ path }) => isWithin(path, OTHER_END));
}

/** Whether the path is one of these or lies within one. */
export function isWithin(path: string, names: readonly string[]): boolean {
  return names.some((name) => path === name || path.startsWith(`${name}.`));
}

function valuesOf(text: string): unknown {
  return new SourceDocument('scenario.yaml', text).toValue();
}

function between(base: unknown, head: unknown): ScenarioDifference[] {
  const [baseLeaves, headLeaves] = [leavesOf(base), leavesOf(head)];
  const paths = new Set([...baseLeaves.keys(), ...headLeaves.keys()]);
  return [...paths].flatMap((path) => {
    const [baseText, headText] = [baseLeaves.get(path), headLeaves.get(path)];
    if (baseText === headText) return [];
    const from = firstDifference(baseText ?? '', headText ?? '');
    return [{ path, base: shown(baseText, from), head: shown(headText, from) }];
  });
}

/** Every value that is no list or map, by its path. */
function leavesOf(value: unknown): Leaves {
  const leaves = new Map<string, string>();
  const walk = (inside: unknown, path: string[]): void => {
    if (typeof inside === 'object' && inside !== null) {
      for (const [key, each] of Object.entries(inside)) walk(each, [...path, key]);
      return;
    }
    if (inside === undefined) return;
    const [name, text] = asWritten(path.at(-1) ?? '', inside);
    leaves.set([...path.slice(0, -1), name].join('.'), text);
  };
  walk(value, []);
  return leaves;
}

/** From the inside form's name and integer to how a scenario file says it. */
function asWritten(name: string, value: unknown): [name: string, text: string] {
  if (typeof value !== 'number') return [name, String(value)];
  if (name === 'toPerSec') return ['rate', `${value}/s`];
  if (name.endsWith('PerSec')) return [name.slice(0, -'PerSec'.length), `${value}/s`];
  if (name.endsWith('Us')) return [name.slice(0, -'Us'.length), formatDuration(value)];
  if (name.endsWith('Sec')) return [name.slice(0, -'Sec'.length), `${value}s`];
  return [name, String(value)];
}

/** Long texts, templates say, are shown from a little before where they part. */
const SHOWN_WHOLE = 40;
const BEFORE_DIFFERENCE = 12;

function firstDifference(a: string, b: string): number {
  let at = 0;
  while (at < Math.min(a.length, b.length) && a[at] === b[at]) at++;
  return at <= SHOWN_WHOLE ? 0 : at - BEFORE_DIFFERENCE;
}

function shown(text: string | undefined, from: number): string {
  if (text === undefined) return 'absent';
  const part = from > 0 ? `…${text.slice(from)}` : text;
  return /^[\w./%-]{1,40}$/.test(part) ? part : quoted(part);
}
