/** A device of a test: it writes down what its connection tells it, and the bench ends what a test leaves open. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, vi } from 'vitest';
import { Attempt } from '../../../src/client/attempt.ts';
import type {
  Client,
  ClientSettings,
  Connection,
  ConnectionHandler,
} from '../../../src/client/connection.ts';
import { monotonicClock } from '../../../src/model/clock.ts';
import { CONNECT_PHASES, type Failure } from '../../../src/model/failure.ts';
import type { Scenario } from '../../../src/model/scenario.ts';
import type { Endpoint } from '../../../src/platform/endpoint.ts';
import type { Credentials } from '../../../src/platform/login.ts';
import {
  type Script,
  type ScriptedServer,
  type ScriptOptions,
  startScriptedServer,
} from '../scripted-server.ts';

/** Makes the client under test. */
export type ClientFactory = (settings: ClientSettings) => Client;

export interface DeviceOptions extends Pick<ClientSettings, 'keptSession' | 'topicAlias'> {
  protocol?: Scenario['protocol'];
  keepaliveSec?: number;
  tls?: Partial<Scenario['tls']>;
  credentials?: Credentials;
  /** How often it is looked at [50: more often than a shard does, for keepalives of a second]. */
  tickMs?: number;
  /** Shared with others, as in a worker [one of its own]. */
  client?: Client;
  /** Runs within `opened`. */
  onOpened?: (connection: Connection) => void;
}

export type Told =
  | ['opened']
  | ['failed', Failure]
  | ['lost', Failure]
  | ['subscribed', number[]]
  | ['acked', number, number]
  | ['received', string, string]
  | ['drained']
  | ['ended'];

export const CREDENTIALS: Credentials = {
  mqttClientId: 'pk.d1|securemode=3,signmethod=hmacsha1|',
  username: 'd1&pk',
  password: 'the-password',
};

/** Initials of what a connection may tell, in order: one outcome, then events, then at most one end; nothing after that. */
const GRAMMAR = /^(f|e|o[sard]*[le]?)$/;

export class Device implements ConnectionHandler {
  readonly told: Told[] = [];
  readonly attempt = new Attempt(monotonicClock());
  readonly endpoint: Endpoint;
  readonly connection: Connection;
  serviceUs = 0;
  private readonly onOpened: DeviceOptions['onOpened'];

  constructor(createClient: ClientFactory, endpoint: Endpoint, options: DeviceOptions = {}) {
    this.onOpened = options.onOpened;
    this.endpoint = endpoint;
    const client = options.client ?? clientOf(createClient, options);
    this.connection = client.connect(this.attempt, endpoint, options.credentials ?? CREDENTIALS, this);
    const clock = monotonicClock();
    const ticking = setInterval(() => {
      if (this.over) clearInterval(ticking);
      else this.connection.tick(clock.nowUs());
    }, options.tickMs ?? 50);
  }

  /** Packet ids that are not free. */
  readonly awaited = new Set<number>();

  awaitsAck(packetId: number): boolean {
    return this.awaited.has(packetId);
  }

  opened(serviceUs: number): void {
    this.serviceUs = serviceUs;
    this.told.push(['opened']);
    this.onOpened?.(this.connection);
  }

  failed(failure: Failure): void {
    this.told.push(['failed', failure]);
  }

  lost(failure: Failure): void {
    this.told.push(['lost', failure]);
  }

  /** Of each `subscribed`, the first topic that it was about. */
  readonly subscribedFrom: number[] = [];
  /** The topics of what was said to be retained. */
  readonly retained: string[] = [];

  subscribed(returnCodes: number[], from: number): void {
    this.subscribedFrom.push(from);
    this.told.push(['subscribed', [...returnCodes]]);
  }

  acked(packetId: number, reasonCode: number): void {
    this.told.push(['acked', packetId, reasonCode]);
  }

  received(topic: string, payload: Buffer, isRetained: boolean): void {
    if (isRetained) this.retained.push(topic);
    this.told.push(['received', topic, payload.toString()]);
  }

  drained(): void {
    this.told.push(['drained']);
  }

  ended(): void {
    this.told.push(['ended']);
  }

  get over(): boolean {
    return this.told.some(([what]) => what === 'failed' || what === 'lost' || what === 'ended');
  }

  get phases(): string[] {
    return CONNECT_PHASES.filter((phase) => this.attempt.durationUs[phase] !== undefined);
  }

  /** Waits until it was told that so many times. */
  async until(what: Told[0], times = 1): Promise<void> {
    await vi.waitFor(
      () => expect(this.told.filter(([told]) => told === what).length).toBeGreaterThanOrEqual(times),
      { timeout: 20_000, interval: 2 },
    );
  }

  async untilOver(): Promise<void> {
    await vi.waitFor(() => expect(this.over).toBe(true), { timeout: 20_000, interval: 2 });
  }

  expectGrammar(): void {
    expect(this.told.map(([what]) => what[0]).join('')).toMatch(GRAMMAR);
  }
}

function clientOf(createClient: ClientFactory, options: DeviceOptions): Client {
  return createClient({
    protocol: options.protocol ?? '3.1.1',
    connect: { stages: [], keepaliveSec: options.keepaliveSec ?? 300, timeoutUs: 10e6, maxInFlight: 1000 },
    tls: { verify: true, ...options.tls },
    ...(options.keptSession && { keptSession: options.keptSession }),
    ...(options.topicAlias && { topicAlias: options.topicAlias }),
  });
}

/** Holds what a test starts. */
export class Bench {
  private readonly createClient: ClientFactory;
  private devices: Device[] = [];
  private servers: ScriptedServer[] = [];

  constructor(createClient: ClientFactory) {
    this.createClient = createClient;
  }

  async serve(script: Script, options?: ScriptOptions): Promise<ScriptedServer> {
    const server = await startScriptedServer(script, options);
    this.servers.push(server);
    return server;
  }

  /** For several devices. */
  client(options: DeviceOptions): Client {
    return clientOf(this.createClient, options);
  }

  connect(endpoint: Endpoint, options?: DeviceOptions): Device {
    const device = new Device(this.createClient, endpoint, options);
    this.devices.push(device);
    return device;
  }

  /** A server with that script, and a device that connects to it. */
  async play(
    script: Script,
    options: DeviceOptions & { server?: ScriptOptions } = {},
  ): Promise<{ device: Device; server: ScriptedServer }> {
    const server = await this.serve(script, options.server);
    return { device: this.connect(server.endpoint, options), server };
  }

  /** After each test: every connection comes to its end, has told a well-formed story, and leaves no socket behind on either side. */
  async clear(): Promise<void> {
    const { devices, servers } = this;
    this.devices = [];
    this.servers = [];
    for (const device of devices) if (!device.over) device.connection.close();
    for (const device of devices) await device.untilOver();
    for (const { peers } of servers) for (const peer of peers) peer.release();
    await vi.waitFor(
      () => expect(servers.map((server) => server.openSockets)).toEqual(servers.map(() => 0)),
      {
        timeout: 5_000,
        interval: 5,
      },
    );
    const stories = devices.map(({ told }) => told.length);
    await sleep(10);
    expect(devices.map(({ told }) => told.length)).toEqual(stories);
    for (const device of devices) device.expectGrammar();
    for (const server of servers) await server.close();
    await vi.waitFor(() => expect(openClientSockets()).toBe(0), { timeout: 5_000, interval: 5 });
  }
}

/** Of this whole process: the servers of the bench are closed by then. */
function openClientSockets(): number {
  return process.getActiveResourcesInfo().filter((name) => /^(TCPSocketWrap|TLSWrap)$/.test(name)).length;
}
