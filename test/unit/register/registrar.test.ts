import { expect, it } from 'vitest';
import { monotonicClock } from '../../../src/model/clock.ts';
import { FleetError } from '../../../src/model/errors.ts';
import { NOT_KEPT, Registrar, type RegistrarPlan } from '../../../src/register/registrar.ts';
import type { Asking, Told, Way } from '../../../src/register/way/way.ts';

const clock = monotonicClock();

/** Answers when it is told to. */
class SlowWay implements Way {
  readonly asked: string[] = [];
  readonly left: string[] = [];
  most = 0;
  private readonly waiting: (() => void)[] = [];
  private underWay = 0;
  private readonly of: (asking: Asking) => Told | undefined;

  constructor(of: (asking: Asking) => Told | undefined = () => undefined) {
    this.of = of;
  }

  ask(asking: Asking): Promise<Told> {
    const { deviceName } = asking.device;
    this.asked.push(deviceName);
    this.most = Math.max(this.most, ++this.underWay);
    return new Promise((resolve) => {
      const answer = (): void => {
        this.underWay--;
        const startUs = clock.nowUs();
        const leave = (): void => void this.left.push(deviceName);
        resolve(this.of(asking) ?? { row: ['pk', deviceName, 's'], startUs, heardUs: startUs + 5, leave });
      };
      asking.signal.addEventListener('abort', () =>
        resolve({ failure: { phase: 'open', kind: 'closed', code: 'stopped' } }),
      );
      this.waiting.push(answer);
      setImmediate(() => this.waiting.shift()?.());
    });
  }
}

function planOf(count: number, more: Partial<RegistrarPlan> = {}): RegistrarPlan {
  return {
    count,
    device: (nth) => ({ productKey: 'pk', deviceName: `d${nth}`, clientId: `d${nth}` }),
    productSecret: () => 'ps',
    ratePerSec: 100_000,
    maxInFlight: 1000,
    clock,
    keep: () => Promise.resolve(),
    ...more,
  };
}

it('asks for each device once, and has no more under way than it may', async () => {
  const way = new SlowWay();
  const registrar = new Registrar(planOf(50, { maxInFlight: 3 }), way);
  await registrar.complete();
  expect(way.asked).toEqual(Array.from({ length: 50 }, (_, nth) => `d${nth}`));
  expect(way.most).toBe(3);
  expect(registrar.tally.counters).toMatchObject({
    registers_scheduled: 50,
    registers_started: 50,
    registers_ok: 50,
    registers_failed: 0,
    registers_cancelled: 0,
  });
  expect(registrar.tally.counters.registers_waited).toBeGreaterThan(0);
  expect(registrar.tally.trends.register_latency.count).toBe(50);
  registrar.tally.destroy();
});

it('leaves a device only when its secret is safe', async () => {
  const way = new SlowWay();
  let safe: (() => void) | undefined;
  const keep = (): Promise<void> =>
    new Promise((resolve) => {
      safe = resolve;
    });
  const registrar = new Registrar(planOf(1, { keep }), way);
  const complete = registrar.complete();
  while (safe === undefined) await new Promise(setImmediate);
  await new Promise(setImmediate);
  expect(way.left).toEqual([]);
  expect(registrar.tally.counters.registers_ok).toBe(0);
  safe();
  await complete;
  expect(way.left).toEqual(['d0']);
  expect(registrar.tally.counters.registers_ok).toBe(1);
  registrar.tally.destroy();
});

it('counts what fails, with the devices that it happened to', async () => {
  const failure = { phase: 'connack', kind: 'rejected', code: 'CONNACK 4' } as const;
  const way = new SlowWay(({ device }) => (device.deviceName < 'd2' ? { failure } : undefined));
  const registrar = new Registrar(planOf(5), way);
  await registrar.complete();
  expect(registrar.tally.failures).toEqual([{ ...failure, count: 2, examples: ['pk/d0', 'pk/d1'] }]);
  expect(registrar.tally.counters).toMatchObject({ registers_ok: 3, registers_failed: 2 });
  registrar.tally.destroy();
});

it('begins none after a request to stop, and waits for those under way', async () => {
  const way = new SlowWay();
  const registrar = new Registrar(planOf(100, { ratePerSec: 10 }), way);
  const complete = registrar.complete();
  while (way.asked.length < 1) await new Promise(setImmediate);
  registrar.stop();
  await complete;
  const { registers_started, registers_ok, registers_cancelled } = registrar.tally.counters;
  expect(registers_ok).toBe(registers_started);
  expect(registers_started + registers_cancelled).toBe(100);
  expect(registers_started).toBeLessThan(100);
  registrar.tally.destroy();
});

it('stops where a secret cannot be kept, and says of whose', async () => {
  const full = new FleetError('report-not-written', 'could not write x.csv: ENOSPC');
  let kept = 0;
  const keep = (): Promise<void> => (++kept > 2 ? Promise.reject(full) : Promise.resolve());
  const registrar = new Registrar(planOf(100, { maxInFlight: 1, keep }), new SlowWay());
  await registrar.complete();
  expect(registrar.fault).toBe(full);
  expect(registrar.tally.counters).toMatchObject({
    registers_ok: 2,
    registers_failed: 1,
    registers_cancelled: 97,
  });
  expect(registrar.tally.failures).toMatchObject([{ code: NOT_KEPT, examples: ['pk/d2'] }]);
  registrar.tally.destroy();
});
