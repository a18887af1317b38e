/** What all virtual devices of a shard share: compiled once, handed to each. */
import type { Client } from '../../client/connection.ts';
import { Recorder } from '../../metrics/recorder.ts';
import type { Clock } from '../../model/clock.ts';
import { DeviceTable, type SharedDevices } from '../../model/devices/device-table.ts';
import type { Scenario, Target } from '../../model/scenario.ts';
import { seededRandom } from '../../statistics/random.ts';
import type { BehaviourContext, ShardBehaviour } from '../behaviour/behaviour.ts';
import { createBehaviours } from '../behaviour/behaviours.ts';
import { Turns } from '../time/fair-queue.ts';
import { type Segment, shareOf } from '../time/segment.ts';
import { Slots } from '../time/slots.ts';
import { Wheel } from '../time/wheel.ts';
import { noLoad } from './load.ts';
import { type LoginContext, loginContext } from './login.ts';

/** What any shard needs to know; the devices are shared memory, the rest is plain data. */
export interface ShardBasis {
  segment: Segment;
  scenario: Scenario;
  target: Target;
  devices: SharedDevices;
  /** A number by which this run's messages are known on a broker that others use too. */
  run: number;
}

export interface DeviceContext extends BehaviourContext, LoginContext {
  scenario: Scenario;
  client: Client;
  /** What its devices do while they are connected; each device has them in this order. */
  behaviours: readonly ShardBehaviour[];
  /** How long a device stays connected once it is ready (µs); to the end when absent. */
  stayUs?: number;
  slots: Slots;
}

export function createContext(basis: ShardBasis, clock: Clock, client: Client): DeviceContext {
  const { segment, scenario, target, run } = basis;
  const devices = new DeviceTable(basis.devices);
  const load = noLoad();
  const context: DeviceContext = {
    ...loginContext(scenario, devices, target),
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
    load,
    slots: new Slots(load, shareOf(segment, scenario.connect.maxInFlight)),
  };
  context.behaviours = createBehaviours(context, scenario, run);
  return context;
}
