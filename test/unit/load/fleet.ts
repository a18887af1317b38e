/** A scenario with every field filled in, devices to go with it, and a context for devices outside of any shard. */

import type { OpenLedger } from '../../../src/load/behaviour/behaviour.ts';
import { ShardTelemetry } from '../../../src/load/behaviour/telemetry/shard-telemetry.ts';
import type { DeviceContext } from '../../../src/load/device/device-context.ts';
import { noLoad } from '../../../src/load/device/load.ts';
import { loginContext } from '../../../src/load/device/login.ts';
import { VirtualDevice } from '../../../src/load/device/virtual-device.ts';
import { Turns } from '../../../src/load/time/fair-queue.ts';
import { Slots } from '../../../src/load/time/slots.ts';
import { Wheel } from '../../../src/load/time/wheel.ts';
import { Recorder } from '../../../src/metrics/recorder.ts';
import { type DeviceTable, DeviceTableBuilder } from '../../../src/model/devices/device-table.ts';
import type { PublishPlan, Scenario, Target } from '../../../src/model/scenario.ts';
import type { HmacSettings } from '../../../src/platform/aliyun/login/hmac.ts';
import { seededRandom } from '../../../src/statistics/random.ts';
import { FakeClient, type FakeConnection } from './fake-client.ts';
import { ManualClock } from './manual-clock.ts';

/** What the messages of these fleets' runs carry in their headers. */
export const RUN = 7;

export const TARGET: Target = { kind: 'url', protocol: 'mqtt', host: '127.0.0.1', port: 1883, path: '' };

/** The levels of a fleet of which nothing is under way. */
export const IDLE = noLoad();

export function scenarioOf(part: Partial<Scenario> = {}): Scenario {
  return {
    name: 'test',
    target: TARGET,
    tls: { verify: true },
    devices: { kind: 'generate', productKey: 'pk', count: 10, prefix: 'd' },
    platform: 'aliyun',
    auth: { method: 'hmac', signmethod: 'hmacsha1', timestamp: 'omit' } as HmacSettings,
    client: 'mqtt',
    protocol: '3.1.1',
    connect: {
      stages: [{ durationUs: 1e6, fromPerSec: 10, toPerSec: 10 }],
      keepaliveSec: 300,
      timeoutUs: 10e6,
      maxInFlight: 1000,
    },
    subscribe: [],
    publish: [],
    holdUs: 2e6,
    gracefulStopUs: 1e6,
    thresholds: [],
    seed: 1,
    broker: { tls: false },
    ...part,
  };
}

export function publishOf(part: Partial<PublishPlan> = {}): PublishPlan {
  return {
    topic: '/${productKey}/${deviceName}/post',
    qos: 1,
    everyUs: 1e6,
    jitter: { kind: 'none' },
    replyTimeoutUs: 10e6,
    payload: { kind: 'template', template: '{"id":"${seq}"}' },
    ...part,
  };
}

export function devicesOf(count: number): DeviceTable {
  const builder = new DeviceTableBuilder();
  for (let row = 0; row < count; row++) builder.add('pk', `d${row}`, `secret${row}`);
  return builder.build();
}

/** What the device alone writes into the ledger of its shard. */
export function ledgerOf(device: VirtualDevice): OpenLedger {
  const ledger: OpenLedger = { sent: [], received: [], missing: 0, shares: [] };
  device.link.report(ledger);
  return ledger;
}

/** How many devices a fleet has. */
const FLEET = 10;

/** Devices one by one, on a clock and a wheel turned by hand. */
export class HandDrivenFleet {
  readonly clock = new ManualClock();
  readonly wheel = new Wheel(this.clock);
  readonly recorder = new Recorder();
  readonly client = new FakeClient();
  readonly context: DeviceContext;

  constructor(scenario: Scenario, publishForUs = 60e6) {
    const random = seededRandom(1);
    const load = noLoad();
    const devices = devicesOf(FLEET);
    this.context = {
      ...loginContext(scenario, devices, TARGET),
      scenario,
      devices,
      client: this.client,
      clock: this.clock,
      wheel: this.wheel,
      turns: new Turns(this.clock),
      recorder: this.recorder,
      random,
      behaviours: [],
      stagger: { startUs: this.clock.us, devices: FLEET },
      publishEndUs: this.clock.us + publishForUs,
      stayUs: undefined,
      load,
      slots: new Slots(load, scenario.connect.maxInFlight),
    };
    // Topics of replies are not subscribed to: nobody answers a SUBSCRIBE unless a test says so.
    const setting = { context: this.context, settings: scenario, owner: 0, run: RUN, publishFactor: 1 };
    this.context.behaviours = [new ShardTelemetry(setting, scenario.subscribe)];
  }

  /** As a shard starts one, `lateUs` after its time. */
  start(row = 0, lateUs = 0) {
    const device = new VirtualDevice(this.context, row, this.clock.us - lateUs);
    this.recorder.counters.connects_scheduled++;
    return { device, connection: this.client.connections.at(-1)! };
  }

  /** When the device's turn comes, from `fromUs` on. */
  turnUs(row: number, everyUs: number, fromUs: number): number {
    const firstUs = this.context.stagger.startUs + ((row + 0.5) / FLEET) * everyUs;
    return firstUs + Math.ceil((fromUs - firstUs) / everyUs) * everyUs;
  }

  /** The one it has, or had last. */
  connectionOf(device: VirtualDevice): FakeConnection {
    return this.client.connections.findLast(({ handler }) => handler === device)!;
  }

  /** Millisecond by millisecond, as the wheel would turn itself. */
  run(forUs: number): void {
    const untilUs = this.clock.us + forUs;
    while (this.clock.us < untilUs) {
      this.clock.us = Math.min(untilUs, this.clock.us + 1000);
      this.wheel.turn();
    }
  }
}
