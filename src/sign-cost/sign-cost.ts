/** The signing experiment on one machine: for each number of threads, one span of time in which all of them sign in. */
import { createHmac } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { openThreads } from '../coordinator/link/thread-links.ts';
import type { Clock } from '../model/clock.ts';
import type { DeviceTable } from '../model/devices/device-table.ts';
import { FleetError, messageOf } from '../model/errors.ts';
import { SIGNMETHODS, type Signmethod, type Target, type Timestamp } from '../model/scenario.ts';
import { contentOf, HASH, timestampText } from '../platform/aliyun/signing/credentials.ts';
import { seededRandom } from '../statistics/random.ts';
import { analyse } from './sign-analysis.ts';
import type { ThreadCost } from './sign-cost-report.ts';
import type { SignTrial, SignTrialTask } from './sign-trial.ts';

const WORKER_FILE = fileURLToPath(new URL('../../workers/sign-trial.js', import.meta.url));

/** Of a span, for compiling: the same experiment, whose figures are thrown away. */
const REHEARSAL_SHARE = 0.2;
/** For the threads to hear of the span before it begins. */
const LEAD_US = 20_000;
/** Of each thread. Fewer know neither their own spread nor that of the machine. */
const LEAST_BLOCKS = 20;

export interface SigningRequest {
  devices: DeviceTable;
  timestamp: Timestamp;
  /** Its protocol decides securemode, its region the host: both are part of a login. */
  target: Target;
  signmethods: Signmethod[];
  /** For each of these numbers of threads a span of `spanUs`, rehearsal included. */
  threads: number[];
  spanUs: number;
  seed: number;
  clock: Clock;
  /** As a trial has it. */
  stopped: Int32Array;
}

export interface SigningResult {
  /** Those that were measured, though the last of them with too few blocks, perhaps. */
  threads: ThreadCost[];
  /** Why there are no more, where nobody stopped it. */
  fault: FleetError | undefined;
}

/** What HMACs this OpenSSL makes, and why it refuses the others (MD5 in FIPS mode). */
export function availableMethods(): {
  signmethods: Signmethod[];
  unavailable: Partial<Record<Signmethod, string>>;
} {
  const unavailable: Partial<Record<Signmethod, string>> = {};
  for (const signmethod of SIGNMETHODS) {
    try {
      createHmac(HASH[signmethod], 'key').update('content').digest('hex');
    } catch (error) {
      unavailable[signmethod] = messageOf(error);
    }
  }
  return { signmethods: SIGNMETHODS.filter((name) => unavailable[name] === undefined), unavailable };
}

/** Of what the first device signs; the others' differs by the length of their names. */
export function contentBytesOf({
  devices,
  timestamp,
}: Pick<SigningRequest, 'devices' | 'timestamp'>): number {
  return Buffer.byteLength(contentOf(devices.triple(0), timestampText(timestamp, Date.now())));
}

/** The fault is `overloaded` where the machine gave too little time for a sound result, `worker-lost` where a thread ended. */
export async function measureSigning(request: SigningRequest): Promise<SigningResult> {
  const threads: ThreadCost[] = [];
  for (const count of request.threads) {
    const trials = await runSpan(request, count);
    if (trials instanceof FleetError) return { threads, fault: trials };
    const isStopped = Atomics.load(request.stopped, 0) !== 0;
    const least = Math.min(...trials.map(({ blocksNs }) => Object.values(blocksNs)[0]!.length));
    const isShort = least < LEAST_BLOCKS;
    // What a stop cut short is of as little use as what has no block at all.
    if (least > 0 && !(isShort && isStopped))
      threads.push(analyse(trials, request.signmethods, seededRandom(request.seed)));
    if (isStopped) break;
    if (isShort) return { threads, fault: tooFew(least, count) };
  }
  return { threads, fault: undefined };
}

async function runSpan(request: SigningRequest, count: number): Promise<SignTrial[] | FleetError> {
  const { clock, spanUs } = request;
  const endUs = clock.nowUs() + spanUs;
  const pool = openThreads(WORKER_FILE, count);
  /** One task per thread: as many as there are threads, each of which takes one. */
  const all = (startUs: number, untilUs: number): Promise<SignTrial[]> =>
    Promise.all(
      Array.from({ length: count }, (_, thread) => pool.run(taskOf(request, thread, startUs, untilUs))),
    );
  try {
    await all(clock.nowUs(), clock.nowUs() + spanUs * REHEARSAL_SHARE);
    return await all(clock.nowUs() + LEAD_US, endUs);
  } catch (cause) {
    return new FleetError('worker-lost', `a thread of the signing experiment ended: ${messageOf(cause)}`, {
      cause,
    });
  } finally {
    await pool.destroy();
  }
}

function taskOf(request: SigningRequest, thread: number, startUs: number, endUs: number): SignTrialTask {
  const { devices, timestamp, target, signmethods, seed, stopped } = request;
  // Threads that draw the same orders would disturb each other at the same places.
  return {
    devices: devices.shared,
    timestamp,
    target,
    signmethods,
    seed: seed * 65_537 + thread,
    startUs,
    endUs,
    stopped,
  };
}

function tooFew(blocks: number, threads: number): FleetError {
  const message = `${blocks} ${blocks === 1 ? 'block' : 'blocks'} only were measured with ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
  return new FleetError('overloaded', `${message}: too few to know their spread`, {
    hint: 'give it more time with --duration, or a machine that is less busy; --allow-invalid lets it pass',
  });
}
