/**
 * One thread's part of the experiment. Block by block the same devices are signed in by every arm, in an order drawn anew, so that what
 * changes with time (the machine's other work, its frequency, the heap) falls on all arms alike and is no difference between them.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { EncodedHistogram } from '../metrics/histogram/encoded-histogram.ts';
import { Histogram } from '../metrics/histogram/histogram.ts';
import type { Clock } from '../model/clock.ts';
import { DeviceTable, type SharedDevices } from '../model/devices/device-table.ts';
import type { Signmethod, Target, Timestamp } from '../model/scenario.ts';
import { seededRandom } from '../statistics/random.ts';
import { shuffled } from '../statistics/shuffle.ts';
import { armsOf } from './sign-arms.ts';
import { SignBench } from './sign-bench.ts';

/**
 * Logins per arm and block. Many enough that the two readings of the clock around them do not count (0.2 ns each), and so few that
 * their garbage does not fill the young generation: it is emptied before each arm, since what one leaves behind would be collected in
 * the time of another.
 */
export const BATCH = 200;

/** Readings that the clock's own cost is taken from. */
const CLOCK_READINGS = 20_000;

/** Sent to a worker thread: no secret but in the shared memory. */
export interface SignTrialTask {
  devices: SharedDevices;
  timestamp: Timestamp;
  target: Target;
  signmethods: Signmethod[];
  seed: number;
  /** On the machine's monotonic clock; the blocks that count lie within. */
  startUs: number;
  endUs: number;
  /** Shared with whoever may end it before: no longer 0 when no other block is to be begun. */
  stopped: Int32Array;
}

export interface SignTrial {
  /** Of each arm, by its id: nanoseconds per login, one value per block. All have the same blocks. */
  blocksNs: Record<string, Float64Array>;
  /** Nanoseconds of single logins, less the clock's cost. */
  logins: Record<string, EncodedHistogram>;
  /** What reading the clock twice costs. */
  clockNs: number;
}

/** What a trial takes from its thread. */
export interface TrialThread {
  clock: Clock;
  /** As fine as there is; its zero does not matter. */
  nowNs(): number;
  /** Empties the young generation. */
  collect(): void;
}

export async function runSignTrial(task: SignTrialTask, thread: TrialThread): Promise<SignTrial> {
  const trial = new SigningTrial(task, thread);
  const earlyUs = task.startUs - thread.clock.nowUs();
  if (earlyUs > 0) await sleep(earlyUs / 1e3);
  return trial.run();
}

class SigningTrial {
  private readonly task: SignTrialTask;
  private readonly thread: TrialThread;
  private readonly bench: SignBench;
  private readonly random: () => number;
  private readonly blocksNs: Record<string, number[]>;
  private readonly logins: Record<string, Histogram>;
  private readonly clockNs: number;
  private begun = 0;

  constructor(task: SignTrialTask, thread: TrialThread) {
    const { devices, timestamp, target, signmethods } = task;
    this.task = task;
    this.thread = thread;
    this.random = seededRandom(task.seed);
    this.bench = new SignBench({
      // Each arm puts its own method here.
      scenario: { auth: { method: 'hmac', signmethod: signmethods[0]!, timestamp } },
      devices: new DeviceTable(devices),
      target,
    });
    this.blocksNs = Object.fromEntries(armsOf(signmethods).map(({ id }) => [id, []]));
    this.logins = Object.fromEntries(signmethods.map((name) => [name, new Histogram('interval')]));
    this.clockNs = clockCost(thread.nowNs);
  }

  /** No block is begun that would hardly end in time: until the end, the other threads are to have this one beside them. */
  run(): SignTrial {
    const { clock } = this.thread;
    const { endUs, stopped } = this.task;
    const startUs = clock.nowUs();
    for (let nowUs = startUs, typicalUs = 0; nowUs + typicalUs <= endUs && Atomics.load(stopped, 0) === 0; ) {
      this.block();
      nowUs = clock.nowUs();
      typicalUs = (nowUs - startUs) / this.begun;
    }
    return this.result();
  }

  private block(): void {
    const { devices, signmethods } = this.task;
    const { nowNs, collect } = this.thread;
    this.bench.prepare((this.begun * BATCH) % devices.count, BATCH, Date.now());
    this.begun++;
    for (const arm of shuffled(armsOf(signmethods), this.random)) {
      collect();
      const beforeNs = nowNs();
      this.bench.run(arm);
      this.blocksNs[arm.id]!.push((nowNs() - beforeNs) / BATCH);
    }
    for (const signmethod of shuffled(signmethods, this.random)) {
      const histogram = this.logins[signmethod]!;
      const record = (ns: number): void => histogram.record(Math.max(0, Math.round(ns - this.clockNs)));
      collect();
      this.bench.timeEachLogin(signmethod, nowNs, record);
    }
  }

  private result(): SignTrial {
    const logins: SignTrial['logins'] = {};
    for (const [name, histogram] of Object.entries(this.logins)) {
      logins[name] = histogram.take();
      histogram.destroy();
    }
    return {
      blocksNs: Object.fromEntries(
        Object.entries(this.blocksNs).map(([id, values]) => [id, Float64Array.from(values)]),
      ),
      logins,
      clockNs: this.clockNs,
    };
  }
}

/** The median of what lies between two readings with nothing in between. */
function clockCost(nowNs: () => number): number {
  const costs = new Float64Array(CLOCK_READINGS);
  for (let nth = 0; nth < CLOCK_READINGS; nth++) {
    const beforeNs = nowNs();
    costs[nth] = nowNs() - beforeNs;
  }
  return costs.sort()[CLOCK_READINGS / 2]!;
}
