/** What has been measured of each tool under each load, round by round. */
import { type Figures, medians } from './figures.ts';
import type { Load } from './load.ts';
import type { Tool } from './tools/tool.ts';

export interface Result {
  tool: string;
  load: string;
  rounds: Figures[];
  median: Figures;
}

export interface Failure {
  tool: string;
  load: string;
  reason: string;
}

export class Results {
  readonly failures: Failure[] = [];
  private readonly measured = new Map<string, { tool: string; load: string; rounds: Figures[] }>();

  add(tool: Tool, load: Load, figures: Figures): void {
    const key = keyOf(tool.name, load);
    const result = this.measured.get(key) ?? { tool: tool.name, load: load.name, rounds: [] };
    result.rounds.push(figures);
    this.measured.set(key, result);
  }

  fail(tool: Tool, load: Load, reason: string): void {
    this.failures.push({ tool: tool.name, load: load.name, reason });
  }

  /** Undefined where nothing was measured. */
  median(tool: string, load: Load): Figures | undefined {
    const rounds = this.measured.get(keyOf(tool, load))?.rounds;
    return rounds && medians(rounds);
  }

  /** How often it was measured. */
  rounds(tool: string, load: Load): number {
    return this.measured.get(keyOf(tool, load))?.rounds.length ?? 0;
  }

  get all(): Result[] {
    return [...this.measured.values()].map((result) => ({ ...result, median: medians(result.rounds) }));
  }
}

function keyOf(tool: string, load: Load): string {
  return `${tool}: ${load.name}`;
}
