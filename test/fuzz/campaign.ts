/**
 * A fuzz campaign: cases made from a seed until enough of them have hit their target. What reaches nobody proves nothing, so a case that
 * missed (a connection that was not there any more when its bytes were due) does not count.
 */
import { expect } from 'vitest';
import { seededRandom } from '../../src/statistics/random.ts';
import { Chance } from './chance.ts';

/** How many hits all campaigns share: few in every test run, `npm run fuzz` asks for more. */
const CASES = Number(process.env.FUZZ_CASES ?? 1_000);
const SEED = Number(process.env.FUZZ_SEED ?? 1);

/** A case that has not ended by then hangs. */
const CASE_TIMEOUT_MS = 10_000;

export interface Campaign {
  name: string;
  /** Of all cases, 0 to 1. */
  share: number;
  /** How many run side by side; [1]. */
  abreast?: number;
  /** After so many cases `probe` asks whether the target still serves. */
  batch?: number;
  /** One case. Returns what came of it, for the table, or 'missed'. Throws where the target did what it must not. */
  attack(chance: Chance, nth: number): Promise<string>;
  probe?(): Promise<void>;
}

/** Throws with the seed and number of the case that found something. */
export async function conduct(campaign: Campaign): Promise<void> {
  const { name, share, abreast = 1, batch = 200, probe } = campaign;
  const wanted = Math.max(1, Math.ceil(CASES * share));
  const outcomes = new Map<string, number>();
  const startMs = performance.now();
  let hits = 0;
  let probes = 0;
  let nth = 0;
  const one = async (): Promise<void> => {
    const at = nth++;
    const outcome = await within(attackOf(campaign, at), `${name}: case ${at} of seed ${SEED}`);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    if (outcome !== 'missed') hits++;
  };
  while (hits < wanted && nth < 3 * wanted + batch) {
    const until = Math.min(nth + batch, nth + wanted - hits);
    while (nth < until) await Promise.all(Array.from({ length: Math.min(abreast, until - nth) }, one));
    if (probe) await within(probe(), `${name}: the probe after case ${nth - 1} of seed ${SEED}`);
    probes++;
  }
  const said = [...outcomes].sort().map(([outcome, count]) => `${count} ${outcome}`);
  const seconds = ((performance.now() - startMs) / 1e3).toFixed(1);
  const probed = probe ? `, ${probes} probes answered` : '';
  console.log(
    `${name}: ${hits} of ${nth} cases hit (${said.join(', ')})${probed}, ${seconds} s, seed ${SEED}`,
  );
  expect(hits).toBeGreaterThanOrEqual(wanted);
}

async function attackOf({ name, attack }: Campaign, nth: number): Promise<string> {
  try {
    return await attack(new Chance(seededRandom(SEED * 1_000_003 + nth)), nth);
  } catch (error) {
    throw new Error(`${name}: case ${nth} of seed ${SEED}: ${String(error)}`, { cause: error });
  }
}

async function within<Value>(promise: Promise<Value>, what: string): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} hangs`)), CASE_TIMEOUT_MS);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
