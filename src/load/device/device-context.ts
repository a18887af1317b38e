/** What all virtual devices of a shard share: compiled once, handed to each. */
import type { Client } from '../../client/connection.ts';
import { Recorder } from '../../metrics/recorder.ts';
import type { Clock } from '../../model/clock.ts';
import type { DeviceTable } from '../../model/devices/device-table.ts';
import type { Scenario } from '../../model/scenario.ts';
import type { Login } from '../../platform/login.ts';
import { seededRandom } from '../../statistics/random.ts';
import type { BehaviourContext, ShardBehaviour } from '../behaviour/behaviour.ts';
import type { ShardAssignment } from '../protocol.ts';
import { Turns } from '../time/fair-queue.ts';
import { shareOf } from '../time/segment.ts';
import { Slots } from '../time/slots.ts';
import { Wheel } from '../time/wheel.ts';
import { noLoad } from './load.ts';
import { type LoginContext, loginContext } from './login.ts';

export interface DeviceContext extends BehaviourContext, LoginContext {
  scenario: Scenario;
  client: Client;
  /** What its devices do while they are connected; each device has them in this order. */
  behaviours: readonly ShardBehaviour[];
  /** How long a device stays connected once it is ready (µs); to the end when undefined. */
  stayUs: number | undefined;
  slots: Slots;
}

/** A context without behaviours: each trial has its own. */
export function createContext(
  { segment, scenario, target }: ShardAssignment,
  devices: DeviceTable,
  clock: Clock,
  client: Client,
  login?: Login,
): DeviceContext {
  const load = noLoad();
  return {
    ...loginContext(scenario, devices, target, login),
    scenario,
    devices,
    client,
    clock,
    wheel: new Wheel(clock),
    turns: new Turns(clock),
    recorder: new Recorder(),
    random: seededRandom(scenario.seed * 65_537 + segment.index),
    behaviours: [],
    stagger: { startUs: 0, devices: 1 },
    publishEndUs: 0,
    stayUs: undefined,
    load,
    slots: new Slots(load, shareOf(segment, scenario.connect.maxInFlight)),
  };
}
