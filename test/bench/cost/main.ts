/** `npm run bench`: what a connection and a message cost on this machine, with mqtt-fleet and without. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../command.ts';
import { aimsOf, aimsTable } from './aims.ts';
import { type Flags, readFlags, USAGE } from './flags.ts';
import type { Load } from './load.ts';
import { thisMachine } from './machine.ts';
import { measure } from './measure/measure.ts';
import { Results } from './results.ts';
import { rowsIn, rowsOf } from './rows.ts';
import { loadsOf, tableOf } from './sheet.ts';
import type { Tool } from './tools/tool.ts';

/** One load and all that can do it, one after the other, so that what is compared is close together. */
interface Heat {
  load: Load;
  tools: Tool[];
  /** The last time. */
  tookMs: number;
}

/** What is measured again is begun only if it will have ended by then. */
const LONGEST_MS = 335_000;

async function main(flags: Flags): Promise<number> {
  const startedMs = Date.now();
  const machine = thisMachine();
  const { cpu, cores, memoryGb, kernel, node, broker } = machine;
  console.log([cpu, `${cores} cores`, `${memoryGb} GB`, kernel, `node ${node}`, broker].join(', '));
  const tools = rowsOf(flags.rows, console.log);
  const heats = await heatsOf(flags, tools, console.log);
  const results = new Results();
  await runRounds(flags.rounds, heats, results, startedMs);
  for (const part of flags.parts) console.log(`\n${tableOf(part, rowsIn(part, tools), results)}`);
  const seconds = Math.round((Date.now() - startedMs) / 1e3);
  console.log(`\n× is against the floor; medians of all rounds: ${roundsOf(heats, results)}; ${seconds} s`);
  const aims = aimsOf(results);
  console.log(`\n${aimsTable(aims)}\n`);
  for (const { tool, load, reason } of results.failures) console.error(`FAILED: ${tool}, ${load}: ${reason}`);
  const { all: measured, failures } = results;
  console.log(write(startedMs, { machine, seconds, measured, aims, failures }));
  return failures.length > 0 ? 1 : 0;
}

/** All once, whatever it takes; and again what still fits, costs before speeds. */
async function runRounds(most: number, heats: Heat[], results: Results, startedMs: number): Promise<void> {
  for (const heat of heats) await run(heat, results);
  for (const asked of ['cost', 'speed']) {
    for (let round = 2; round <= most; round++) {
      for (const heat of heats.filter(({ load }) => load.asks === asked)) {
        if (Date.now() - startedMs + heat.tookMs <= LONGEST_MS) await run(heat, results);
      }
    }
  }
}

async function run(heat: Heat, results: Results): Promise<void> {
  const fromMs = Date.now();
  for (const tool of heat.tools) {
    console.error(`${tool.name}, ${heat.load.name}`);
    await runOne(tool, heat.load, results);
  }
  heat.tookMs = Date.now() - fromMs;
}

async function heatsOf({ parts }: Flags, tools: Tool[], note: (line: string) => void): Promise<Heat[]> {
  const heats: Heat[] = [];
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
      if (able.length > 0) heats.push({ load, tools: able, tookMs: 0 });
    }
  }
  return heats;
}

/** In words, how often each load was measured. */
function roundsOf(heats: Heat[], results: Results): string {
  return heats
    .map(({ load, tools }) => `${results.rounds(tools[0]!.name, load)} of “${load.name}”`)
    .join(', ');
}

/** A failed one leaves the others their figures, and the command its exit code. */
async function runOne(tool: Tool, load: Load, results: Results): Promise<void> {
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

await runCommand({ usage: USAGE, readFlags, main });
