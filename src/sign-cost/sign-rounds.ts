/**
 * The signing experiment on a target: round by round the whole fleet signs in by each method, in an order drawn anew, at the pace of the
 * scenario's stages. Nothing is published.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Fleet, type RunEvent } from '../coordinator/fleet.ts';
import type { OpenLinks } from '../coordinator/link/link.ts';
import { planRun, scenarioOfTrials, trialOf } from '../coordinator/plan.ts';
import type { TrialResult } from '../coordinator/trial.ts';
import type { Clock } from '../model/clock.ts';
import type { DeviceTable } from '../model/devices/device-table.ts';
import type { Auth, Scenario, Signmethod, Target } from '../model/scenario.ts';
import { type HmacSettings, isHmac } from '../platform/aliyun/login/hmac.ts';
import type { HttpsSettings } from '../platform/aliyun/login/https.ts';
import { seededRandom } from '../statistics/random.ts';
import { shuffled } from '../statistics/shuffle.ts';
import type { OnlineWay } from './sign-cost-report.ts';

export interface RoundsRequest {
  scenario: Scenario;
  target: Target;
  devices: DeviceTable;
  workers: number;
  ways: OnlineWay[];
  rounds: number;
  /** The least between two connects of one device, which a platform that counts them would otherwise refuse. */
  spacingUs: number;
  clock: Clock;
  openLinks: OpenLinks;
  /** Called before each sign-in of the fleet; rounds count from 1. */
  onRun(round: number, way: OnlineWay): void;
  /** Called after each round that was completed. */
  onRound?(round: OnlineRound): void;
  onEvent(event: RunEvent): void;
}

/** One sign-in of the fleet in each way. */
export type OnlineRound = Partial<Record<OnlineWay, TrialResult>>;

export class SignRounds {
  private readonly request: RoundsRequest;
  private readonly stopping = new AbortController();
  private fleet: Fleet | undefined;
  /** When the start line of the last run was given (µs). */
  private lastStartUs: number | undefined;

  constructor(request: RoundsRequest) {
    this.request = request;
  }

  /** The rounds that were completed: all of them, unless a stop was requested. A lost worker ends the experiment as a stop does. */
  async complete(): Promise<OnlineRound[]> {
    const { rounds, ways, scenario } = this.request;
    const random = seededRandom(scenario.seed);
    const completed: OnlineRound[] = [];
    for (let number = 1; number <= rounds; number++) {
      const round: OnlineRound = {};
      for (const way of shuffled(ways, random)) {
        const result = await this.signIn(number, way);
        if (result === undefined || result.stopReason !== undefined) return completed;
        round[way] = result;
      }
      completed.push(round);
      this.request.onRound?.(round);
    }
    return completed;
  }

  /** The round under way does not count. */
  requestStop(reason: string): void {
    this.stopping.abort();
    this.fleet?.requestStop(reason);
  }

  /** One sign-in of the fleet; undefined when a stop came before it began. */
  private async signIn(number: number, way: OnlineWay): Promise<TrialResult | undefined> {
    const { target, devices, workers, clock, openLinks, onRun } = this.request;
    const scenario = signInOnly(this.request.scenario, way);
    await this.pause();
    if (this.stopping.signal.aborted) return undefined;
    onRun(number, way);
    const plan = planRun(scenario, devices, workers);
    const onEvent = (event: RunEvent): void => this.onEvent(event);
    this.fleet = new Fleet({
      ...{ scenario, target, segments: plan.segments, connections: plan.starts, onLoss: 'stop' },
      devices: { kind: 'shared', table: devices.shared },
      ...{ clock, openLinks, onEvent },
    });
    return await this.fleet.runOnce(trialOf(plan, scenario));
  }

  private onEvent(event: RunEvent): void {
    if (event.type === 'started') this.lastStartUs = this.request.clock.nowUs();
    this.request.onEvent(event);
  }

  /** Every device connects as long after the start line as it did the time before, so that the lines alone need the spacing. */
  private async pause(): Promise<void> {
    const { clock, spacingUs } = this.request;
    if (this.lastStartUs === undefined) return;
    const restUs = this.lastStartUs + spacingUs - clock.nowUs();
    if (restUs <= 0) return;
    await sleep(restUs / 1e3, undefined, { signal: this.stopping.signal }).catch(() => {});
  }
}

/** Of a scenario whose devices sign in by HMAC, at once or for a token. */
export function signInOnly(scenario: Scenario, way: OnlineWay): Scenario {
  const auth = way === 'https' ? scenario.auth : directly(scenario.auth, way);
  return { ...scenarioOfTrials(scenario), auth, subscribe: [], publish: [], holdUs: 0 };
}

function directly(auth: Auth, signmethod: Signmethod): HmacSettings {
  if (isHmac(auth)) return { ...auth, signmethod };
  return { method: 'hmac', signmethod, timestamp: (auth as HttpsSettings).timestamp };
}
