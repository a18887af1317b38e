import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** From the bottom up; imports only go down. Rooms of one floor never import each other, files of one room may. */
const FLOORS = [
  ['model'],
  ['input', 'statistics', 'machine'],
  ['platform'],
  ['mqtt'],
  ['client', 'metrics'],
  ['load'],
  ['coordinator', 'report', 'stand-in'],
  // Above what it reads the settings of: a quota's or a platform's schema stands with the quota or the platform.
  ['scenario'],
  ['compare', 'limit', 'sign-cost', 'register'],
  ['app'],
  ['cli', 'workers'],
];

/** What a room may not know of though it is further down: metrics and reports know nothing of MQTT. */
const FORBIDDEN: Record<string, string[]> = {
  metrics: ['platform'],
  report: ['platform', 'client', 'load'],
};

/** Static imports and re-exports, and import(): the path between the quotes. */
const IMPORT = /(?:^|[^\w.])(?:import|export)\s*(?:\(\s*|(?:[\w*{}\s,$]*?\sfrom\s*)?)['"]([^'"]+)['"]/g;

interface Import {
  from: string;
  to: string;
}

/** Paths are relative to the checkout, with slashes. */
function importsOf(file: string, text: string): Import[] {
  return [...text.matchAll(IMPORT)]
    .map((match) => match[1]!)
    .filter((path) => path.startsWith('.'))
    .map((path) => ({ from: file, to: posix.join(dirname(file), path) }));
}

/** src/load/wheel.ts → load; src/units.ts → units; workers/shard.ts → workers. */
function roomOf(file: string): string {
  const [top, second] = file.split('/');
  return top === 'src' ? second!.replace(/\.ts$/, '') : top!;
}

function floorOf(room: string): number {
  return FLOORS.findIndex((rooms) => rooms.includes(room));
}

function violations(imports: Import[]): string[] {
  return imports
    .filter(({ from, to }) => {
      const [above, below] = [roomOf(from), roomOf(to)];
      if (above === below) return false;
      return floorOf(below) >= floorOf(above) || FORBIDDEN[above]?.includes(below);
    })
    .map(({ from, to }) => `${from} imports ${to}`);
}

/** The first one found, as its files in order. */
function cycleIn(imports: Import[]): string[] | undefined {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): string[] | undefined => {
    const at = path.indexOf(file);
    if (at >= 0) return [...path.slice(at), file];
    if (done.has(file)) return undefined;
    path.push(file);
    for (const { from, to } of imports) {
      const cycle = from === file ? visit(to) : undefined;
      if (cycle) return cycle;
    }
    path.pop();
    done.add(file);
    return undefined;
  };
  for (const { from } of imports) {
    const cycle = visit(from);
    if (cycle) return cycle;
  }
  return undefined;
}

const files = ['src', 'workers'].flatMap(tsFilesIn);
const imports = files.flatMap((file) => importsOf(file, readFileSync(join(ROOT, file), 'utf8')));

function tsFilesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file).split(sep).join('/'));
}

it('every file is of a known room', () => {
  expect(files.length).toBeGreaterThan(50);
  expect(files.filter((file) => floorOf(roomOf(file)) < 0)).toEqual([]);
});

/** As many as a reader takes in at a glance; a fifteenth says that a noun is missing. */
const MAX_SIBLINGS = 14;

it('no folder has more siblings than a glance takes in', () => {
  const folders = new Map<string, Set<string>>();
  for (const file of files) {
    const parts = file.split('/');
    for (let depth = 1; depth < parts.length; depth++) {
      const folder = parts.slice(0, depth).join('/');
      folders.set(folder, (folders.get(folder) ?? new Set()).add(parts[depth]!));
    }
  }
  // The rooms themselves are the table of contents.
  folders.delete('src');
  expect([...folders].filter(([, names]) => names.size > MAX_SIBLINGS).map(([folder]) => folder)).toEqual([]);
});

const MAX_LINES = 250;

it('no file is longer than a reader keeps in mind', () => {
  const long = files.filter(
    (file) => readFileSync(join(ROOT, file), 'utf8').split('\n').length > MAX_LINES + 1,
  );
  expect(long).toEqual([]);
});

const EXPORTED = /^export (?:abstract |async )?(?:type|interface|class|function|const) (\w+)/gm;
/** What every module of a schema exports: `BehaviourSchema`, and the settings of a login method. */
const OF_SCHEMAS = new Set(['shape', 'check']);

it('no two files export things of one name', () => {
  const exporters = new Map<string, Set<string>>();
  for (const file of files) {
    for (const [, name = ''] of readFileSync(join(ROOT, file), 'utf8').matchAll(EXPORTED))
      exporters.set(name, (exporters.get(name) ?? new Set()).add(file));
  }
  expect(exporters.size).toBeGreaterThan(500);
  const twice = [...exporters].filter(([name, where]) => where.size > 1 && !OF_SCHEMAS.has(name));
  expect(twice.map(([name, where]) => `${name}: ${[...where].join(', ')}`)).toEqual([]);
});

it('every relative import is of a file that is there', () => {
  expect(imports.length).toBeGreaterThan(100);
  expect(imports.filter(({ to }) => !existsSync(join(ROOT, to)))).toEqual([]);
});

it('imports only go down', () => {
  expect(violations(imports)).toEqual([]);
});

it('no file imports itself through others', () => {
  expect(cycleIn(imports)?.join(' → ')).toBeUndefined();
});

/** What is loaded with a file before it runs: imports of values, not of types, nor those it makes by import() when it wants them. */
const LOADED = /^(?:import|export)\s+(?!type\s)(?:[\w*{}\s,$]*?\sfrom\s*)?'([^']+)'/gm;

function loadedWith(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, path] of readFileSync(join(ROOT, file), 'utf8').matchAll(LOADED)) {
    if (path!.startsWith('.')) loadedWith(posix.join(dirname(file), path!), seen);
    else seen.add(path!);
  }
  return seen;
}

it('a thread that makes load does not load what reads scenarios: each would pay 3 MB for it', () => {
  const loaded = loadedWith('workers/shard.ts');
  expect(loaded).toContain('src/load/behaviour/telemetry/messenger.ts');
  expect(loaded).not.toContain('zod');
  expect(loadedWith('src/load/behaviour/telemetry/settings/schema.ts')).toContain('zod');
});

it('would see a wrong import, however it is written', () => {
  const text = [
    "import { a } from '../load/a.ts';",
    "import type { B,\n  C } from '../cli/b.ts';",
    "export * from '../report/c.ts';",
    "const d = await import('../coordinator/d.ts');",
    "import '../stand-in/e.ts';",
    "import { fine } from '../input/f.ts';",
    "import net from 'node:net';",
  ].join('\n');
  expect(violations(importsOf('src/metrics/x.ts', text))).toEqual(
    ['load/a', 'cli/b', 'report/c', 'coordinator/d', 'stand-in/e'].map(
      (to) => `src/metrics/x.ts imports src/${to}.ts`,
    ),
  );
  expect(violations(importsOf('src/client/x.ts', "import { a } from '../metrics/a.ts';"))).toHaveLength(1);
  expect(violations(importsOf('src/report/x.ts', "import { a } from '../client/a.ts';"))).toHaveLength(1);
});

it('would see a cycle', () => {
  const edge = (from: string, to: string): Import => ({ from, to });
  expect(cycleIn([edge('a', 'b'), edge('b', 'c'), edge('a', 'c')])).toBeUndefined();
  expect(cycleIn([edge('a', 'b'), edge('b', 'c'), edge('c', 'b')])).toEqual(['b', 'c', 'b']);
});
