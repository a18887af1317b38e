/** What the door says was lost, where brokers do what they may. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, it } from 'vitest';
import {
  MOSQUITTO,
  mosquittoMustBeInstalledInCi,
  NOT_INSTALLED,
  startMosquitto,
} from '../../integration/mosquitto.ts';
import { type Peer, type ScriptedServer, startScriptedServer } from '../../integration/scripted-server.ts';
import { cli, readSummary, temporaryFolder } from '../../support/cli.ts';

interface Wanted {
  port: number;
  client: 'wire' | 'mqtt';
  devices: number;
  connectsPerSec: number;
  subscribe: string[];
  every: string;
}

/** Runs it, of some seconds, and returns what was counted. */
async function countersOf({ port, client, devices, connectsPerSec, subscribe, every }: Wanted) {
  const scenario = join(mkdtempSync(join(tmpdir(), 'mqtt-fleet-')), 'loss.yaml');
  const seconds = devices / connectsPerSec;
  writeFileSync(
    scenario,
    `target: mqtt://127.0.0.1:${port}
devices: { generate: { productKey: pk, count: ${devices}, prefix: d } }
client: ${client}
connect: { stages: [ { duration: ${seconds * 1000}ms, rate: ${connectsPerSec}/s } ] }
subscribe: [ ${subscribe.map((topic) => `{ topic: "${topic}", qos: 1 }`).join(', ')} ]
publish: [ { topic: "up/\${deviceName}", qos: 1, every: ${every}, payload: { size: 64B } } ]
hold: 1s
thresholds: { messages_lost: [ count == 0 ] }
`,
  );
  const out = temporaryFolder();
  const { code, stderr } = await cli(['run', scenario, '--out', out, '--allow-invalid', '--quiet']);
  return { code, stderr, ...readSummary(out).counters };
}

/** Acknowledges and does with messages and subscriptions as told. */
async function startServer(
  onSubscribe: (peer: Peer, messageId: number) => void,
  onPublish: (topic: string, payload: Buffer) => void,
): Promise<ScriptedServer> {
  return startScriptedServer(async (peer) => {
    await peer.welcome();
    void (async () => {
      for (;;) onSubscribe(peer, (await peer.next('subscribe')).messageId!);
    })();
    for (;;) {
      const { topic, payload, messageId } = await peer.next('publish');
      peer.send({ cmd: 'puback', messageId });
      onPublish(topic, payload as Buffer);
    }
  });
}

describe.concurrent('what is counted as lost', () => {
  mosquittoMustBeInstalledInCi();

  it('is nothing by a device that hears others half a second before its SUBACK comes', async ({ expect }) => {
    const subscribers = new Set<Peer>();
    const server = await startServer(
      async (peer, messageId) => {
        subscribers.add(peer);
        await sleep(500);
        peer.send({ cmd: 'suback', messageId, granted: [0] });
      },
      (topic, payload) => {
        for (const peer of subscribers)
          peer.send({ cmd: 'publish', topic, payload, qos: 0, dup: false, retain: false });
      },
    );
    try {
      const { port } = server.endpoint;
      const common = { devices: 2, connectsPerSec: 1, subscribe: ['up/#'], every: '100ms' };
      const counters = await countersOf({ port, client: 'mqtt', ...common });
      expect(counters).toMatchObject({ code: 0, messages_lost: 0, messages_duplicated: 0 });
      // Those of the first device came to the second before its SUBACK, too.
      expect(counters.messages_received).toBeGreaterThan(counters.messages_sent);
    } finally {
      await server.close();
    }
  });

  it('is nothing where the subscription was refused', async ({ expect }) => {
    const server = await startServer(
      (peer, messageId) => peer.send({ cmd: 'suback', messageId, granted: [128] }),
      () => {},
    );
    try {
      const { port } = server.endpoint;
      const common = { devices: 2, connectsPerSec: 20, subscribe: ['up/${deviceName}'], every: '200ms' };
      const counters = await countersOf({ port, client: 'wire', ...common });
      // Of what nobody was there to receive a threshold on the lost has no data, which is no pass.
      expect(counters).toMatchObject({ code: 99, messages_lost: 0, messages_received: 0 });
      expect(counters.messages_acked).toBeGreaterThan(5);
    } finally {
      await server.close();
    }
  });

  it('is all where a subscription was granted and nothing ever comes', async ({ expect }) => {
    const server = await startServer(
      (peer, messageId) => peer.send({ cmd: 'suback', messageId, granted: [1] }),
      () => {},
    );
    try {
      const { port } = server.endpoint;
      const common = { devices: 2, connectsPerSec: 20, subscribe: ['up/${deviceName}'], every: '200ms' };
      const counters = await countersOf({ port, client: 'wire', ...common });
      expect(counters.code).toBe(99);
      expect(counters.messages_lost).toBe(counters.messages_sent);
    } finally {
      await server.close();
    }
  });

  it.skipIf(MOSQUITTO === undefined)(
    `is nothing by mosquitto, to nine subscriptions in two SUBSCRIBEs and to a shared one; ${NOT_INSTALLED} otherwise`,
    async ({ expect }) => {
      const { port, close } = await startMosquitto({ webSocket: false });
      const nine = ['up/#', ...[1, 2, 3, 4, 5, 6, 7, 8].map((n) => `x/${n}/\${deviceName}`)];
      try {
        const many = await countersOf({
          ...{ port, client: 'wire', devices: 60, connectsPerSec: 40 },
          ...{ subscribe: nine, every: '300ms' },
        });
        expect(many).toMatchObject({ code: 0, messages_lost: 0, messages_duplicated: 0 });
        expect(many.messages_received).toBeGreaterThan(5000);
        const shared = await countersOf({
          ...{ port, client: 'mqtt', devices: 4, connectsPerSec: 20 },
          ...{ subscribe: ['$share/g/up/#'], every: '100ms' },
        });
        expect(shared).toMatchObject({ code: 0, messages_lost: 0, messages_duplicated: 0 });
        expect(shared.messages_received).toBeGreaterThan(20);
      } finally {
        await close();
      }
    },
  );
});
