/** `npm run bench`: what a connection and a message cost on this machine, with mqtt-fleet and without. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MOSQUITTO } from '../../integration/mosquitto.ts';
import { aimsOf, aimsTable } from './aims.ts';
import { type Flags, type Part, readFlags, USAGE } from './flags.ts';
import { connecting, type Load } from './load.ts';
import { thisMachine } from './machine.ts';
import { measure } from './measure/measure.ts';
import { Results } from './results.ts';
import { rowsOf, THREADED } from './rows.ts';
import { loadsOf, tableOf } from './sheet.ts';
import type { Tool } from './tools/tool.ts';

interface Task {
  tool: Tool;
  load: Load;
}

/** A round more is begun only if it will have ended by then. */
const LONGEST_MS = 295_000;

async function main(flags: Flags): Promise<number> {
  const startedMs = Date.now();
  const machine = thisMachine();
  console.log(Object.values(machine).join(', '));
  const tools = rowsOf(flags.rows, console.log);
  const tasks = await tasksOf(flags, tools, console.log);
  const results = new Results();
  const rounds = await runRounds(flags.rounds, tasks, results, startedMs);
  for (const part of flags.parts) console.log(`\n${tableOf(part, rowsIn(part, tools), results)}`);
  const seconds = Math.round((Date.now() - startedMs) / 1e3);
  console.log(
    `\n× is against the floor; ${rounds === 1 ? 'one round' : `medians of ${rounds} rounds`}, connects ${connecting().repeats} times in each, ${seconds} s in all`,
  );
  const aims = aimsOf(results);
  console.log(`\n${aimsTable(aims)}\n`);
  for (const { tool, load, reason } of results.failures) console.error(`FAILED: ${tool}, ${load}: ${reason}`);
  const { all: measured, failures } = results;
  console.log(write(startedMs, { machine, rounds, seconds, measured, aims, failures }));
  return failures.length > 0 ? 1 : 0;
}

/** How many it came to. */
async function runRounds(most: number, tasks: Task[], results: Results, startedMs: number): Promise<number> {
  for (let round = 1; ; round++) {
    for (const task of tasks) {
      console.error(`round ${round}: ${task.tool.name}, ${task.load.name}`);
      await run(task, results);
    }
    const elapsedMs = Date.now() - startedMs;
    if (round >= most || elapsedMs + elapsedMs / round > LONGEST_MS) return round;
  }
}

/** In the order of a round: those of one load one after the other, so that what is compared is close together. */
async function tasksOf({ parts }: Flags, tools: Tool[], note: (line: string) => void): Promise<Task[]> {
  const tasks: Task[] = [];
  const seen = new Set<string>();
  for (const part of parts) {
    for (const load of loadsOf(part)) {
      const able: Tool[] = [];
      for (const tool of rowsIn(part, tools)) {
        const name = `${tool.name}, ${load.name}`;
        if (seen.has(name)) continue;
        seen.add(name);
        const lack = await tool.lacks(load);
        if (lack === undefined) able.push(tool);
        else note(`${name}: n/a, ${lack}`);
      }
      for (let nth = 0; nth < load.repeats; nth++) tasks.push(...able.map((tool) => ({ tool, load })));
    }
  }
  return tasks;
}

function rowsIn(part: Part, tools: Tool[]): Tool[] {
  return part === 'd' ? tools.filter((tool) => tool === THREADED) : tools;
}

/** A failed one leaves the others their figures, and the command its exit code. */
async function run({ tool, load }: Task, results: Results): Promise<void> {
  try {
    results.add(tool, load, await measure(tool, load));
  } catch (error) {
    results.fail(tool, load, error instanceof Error ? error.message : String(error));
    console.error(`FAILED: ${(error as Error).stack}`);
  }
}

function write(startedMs: number, report: object): string {
  const startedAt = new Date(startedMs).toISOString();
  const file = join('reports', `bench-${startedAt.replace(/[-:]|\.\d+/g, '')}.json`);
  mkdirSync('reports', { recursive: true });
  writeFileSync(file, `${JSON.stringify({ startedAt, ...report }, null, 2)}\n`);
  return file;
}

try {
  const flags = readFlags(process.argv.slice(2));
  if (flags.help) console.log(USAGE);
  else if (MOSQUITTO === undefined)
    throw new Error('mosquitto is not installed: `apt-get install mosquitto`');
  else process.exitCode = await main(flags);
} catch (error) {
  console.error(error instanceof TypeError ? `${error.message}\n\n${USAGE}` : error);
  process.exitCode = error instanceof TypeError ? 104 : 1;
}
