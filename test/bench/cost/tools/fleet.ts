/** mqtt-fleet as users run it: the built command, a scenario file, all phases recorded, a report at the end. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Summary } from '../../../../src/metrics/summary.ts';
import type { FleetError } from '../../../../src/model/errors.ts';
import { readScenario } from '../../../../src/scenario/scenario-file.ts';
import { KEEPALIVE_SEC, type Load, PRODUCT_KEY, type Said, topicOf } from '../load.ts';
import { ToolProcess } from './process.ts';
import { startTokenService } from './token-service.ts';
import type { Tool } from './tool.ts';

const MAIN = fileURLToPath(new URL('../../../../src/cli/main.js', import.meta.url));
/** Longer than any measurement; it is stopped when that is done. */
const HOLD_SEC = 120;
const STOPPED = 105;
const LOOK_MS = 5;

interface Address {
  host: string;
  port: number;
  /** PEM. */
  ca?: string | undefined;
  /** Where tokens are asked for. */
  tokens?: string | undefined;
}

const NOWHERE: Address = { host: '127.0.0.1', port: 1883, tokens: 'https://127.0.0.1' };
const CA_FILE = 'ca.pem';

/** `most` is a connect rate that it keeps up with. */
export function fleetTool(client: string, name: string, most: number): Tool {
  const scenarioOf = (load: Load, address: Address): string =>
    scenarioText({ ...load, connectsPerSec: Math.min(most, load.connectsPerSec) }, address, client);
  return {
    name,
    async lacks(load) {
      const [file, , folder] = scenarioFile(scenarioOf(load, NOWHERE), undefined);
      try {
        await readScenario(file, { overrides: [], env: {} });
        return undefined;
      } catch (error) {
        return (error as FleetError).problems[0]?.message ?? String(error);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
    async start(load, broker) {
      const service = load.login === 'https' ? await startTokenService() : undefined;
      const { host, port, ca = service?.ca } = broker;
      const text = scenarioOf(load, { host, port, ca, tokens: service?.url });
      const [scenario, out, folder] = scenarioFile(text, ca);
      const args = ['run', scenario, '--out', out, '--quiet', '--allow-invalid', '-w', `${load.threads}`];
      const running = ToolProcess.spawn(name, process.execPath, [MAIN, ...args]);
      await startLine(running, out);
      return {
        pid: running.pid,
        // It gives itself the start line, a tenth of a second from now.
        begin: () => {},
        async end() {
          running.child.kill('SIGINT');
          const code = await running.ended();
          if (code !== STOPPED) throw running.complaint(`ended with ${code}`);
          return saidBy(JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')) as Summary, load);
        },
        async kill() {
          await running.kill();
          service?.close();
          rmSync(folder, { recursive: true, force: true });
        },
      };
    },
  };
}

/** The log has an event of it, written at once: starting and rehearsing are over. */
async function startLine(running: ToolProcess, out: string): Promise<void> {
  const log = join(out, '.run.log.partial');
  while (!existsSync(log) || !readFileSync(log, 'utf8').includes('"type":"started"')) {
    if (running.isOver) throw running.complaint('ended before its start line');
    await sleep(LOOK_MS);
  }
}

/** The scenario, where its report is to be, and the temporary folder of both. */
function scenarioFile(scenario: string, ca: string | undefined): [string, string, string] {
  const folder = mkdtempSync(join(tmpdir(), 'mqtt-fleet-bench-'));
  const file = join(folder, 'scenario.yaml');
  writeFileSync(file, scenario);
  if (ca !== undefined) writeFileSync(join(folder, CA_FILE), ca);
  return [file, join(folder, 'out'), folder];
}

function scenarioText(
  { devices, connectsPerSec, publish, tls, login }: Load,
  { host, port, ca, tokens }: Address,
  client: string,
): string {
  const plan = publish && [
    {
      topic: topicOf('${deviceName}'),
      qos: publish.qos,
      every: `${publish.everyMs}ms`,
      payload: { size: `${publish.bytes}B` },
    },
  ];
  return JSON.stringify({
    name: 'bench',
    target: `${tls === undefined ? 'mqtt' : 'mqtts'}://${host}:${port}`,
    tls: { ...(ca && { ca: CA_FILE }), resume: tls === 'resumed' ? 'shared' : false },
    auth: login === 'https' ? { method: 'https', url: tokens, resources: false } : undefined,
    devices: { generate: { productKey: PRODUCT_KEY, count: devices } },
    client,
    connect: {
      stages: [
        { duration: `${Math.ceil((devices / connectsPerSec) * 1000)}ms`, rate: `${connectsPerSec}/s` },
      ],
      keepalive: `${KEEPALIVE_SEC}s`,
      timeout: '30s',
      maxInFlight: devices,
    },
    publish: plan,
    hold: `${HOLD_SEC}s`,
    gracefulStop: '2s',
  });
}

function saidBy({ counters, trends }: Summary, { tls, login }: Load): Said {
  // A connection with a phase missing was not recorded as the others are.
  const phases = [trends.connect_service, trends.connect_tcp, trends.connect_connack];
  phases.push(login === 'https' ? trends.connect_auth : trends.connect_sign);
  if (tls !== undefined) phases.push(trends.connect_tls);
  const connected = Math.min(...phases.map((phase) => phase?.count ?? 0));
  return {
    connected,
    resumed: counters.tls_handshakes_resumed,
    sent: counters.messages_sent,
    acked: counters.messages_acked,
  };
}
