/** What a command will do at most to a target that may be somebody else's, and a person's word before it goes beyond what is documented. */
import { createInterface } from 'node:readline/promises';
import type { Plan } from '../coordinator/plan.ts';
import { badInput, formatProblem, type Problem } from '../model/errors.ts';
import { fastestOf, messagesPerSec } from '../model/pace.ts';
import type { PayloadSpec, PublishPlan, Scenario } from '../model/scenario.ts';
import { formatDuration } from '../model/units.ts';
import { platformOf } from '../platform/platforms.ts';
import { formatBytes, formatCount } from '../report/text/format.ts';
import { goesAbroad, isForeign } from '../scenario/target-owner.ts';
import type { Door } from './door.ts';
import { targetText } from './record/run-facts.ts';

/** At once, or per second, of the whole fleet. */
export interface MostLoad {
  connections: number;
  connectsPerSec: number;
  /** Infinite where nothing paces them. */
  messagesPerSec: number;
  payloadBytesPerSec: number;
  durationUs: number;
}

export function mostOfRun(scenario: Scenario, plan: Plan): MostLoad {
  return {
    connections: plan.starts,
    connectsPerSec: fastestOf(scenario.connect.stages),
    messagesPerSec: messagesPerSec(scenario.publish, plan.starts),
    payloadBytesPerSec: scenario.publish.reduce(
      (sum, each) => sum + messagesPerSec([each], plan.starts) * mostBytes(each.payload),
      0,
    ),
    durationUs: plan.durationUs + scenario.gracefulStopUs,
  };
}

/** Of one message's payload; a template before it is filled in. */
export function mostBytes(payload: PayloadSpec): number {
  if (payload.kind === 'template') return Buffer.byteLength(payload.template);
  const { sizes } = payload;
  if (sizes.kind === 'fixed') return sizes.bytes;
  return sizes.kind === 'uniform' ? sizes.maxBytes : Math.max(...sizes.parts.map(({ bytes }) => bytes));
}

export interface OwnerRequest {
  scenario: Pick<Scenario, 'target' | 'platform' | 'publish' | 'reconnect'> & Partial<Pick<Scenario, 'auth'>>;
  /** For the place of a problem. */
  file: string;
  /** The target in words. */
  target: string;
  most: MostLoad;
  yes: boolean;
}

/** A request but for its load. */
export function ownerRequestOf(
  scenario: Scenario,
  { scenario: file, yes }: { scenario: string; yes: boolean },
): Omit<OwnerRequest, 'most'> {
  const { target } = scenario;
  return {
    scenario,
    file,
    yes,
    target: target.kind === 'embedded' ? 'the stand-in' : targetText(target, false),
  };
}

/** Undefined for a target of one's own. */
export function ownerText({ scenario, target, most }: OwnerRequest): string | undefined {
  if (!goesAbroad(scenario)) return undefined;
  const { connections, connectsPerSec, messagesPerSec, payloadBytesPerSec, durationUs } = most;
  const bytes = Number.isFinite(payloadBytesPerSec)
    ? [`${formatBytes(payloadBytesPerSec)}/s of payload`]
    : [];
  const messages = Number.isFinite(messagesPerSec)
    ? `${formatCount(Math.ceil(messagesPerSec))} messages/s`
    : 'as many messages as go through';
  const parts = [
    `${formatCount(connections)} connections`,
    `${formatCount(Math.ceil(connectsPerSec))} connects/s`,
    ...(messagesPerSec > 0 ? [messages, ...bytes] : []),
  ];
  const span = formatDuration(Math.ceil(durationUs / 1e6) * 1e6);
  const where = isForeign(scenario.target)
    ? target
    : `the service of auth.url (${new URL(scenario.auth!.url!).host})`;
  return `${where} is neither on this machine nor in a private network; it will get at most ${parts.join(', ')}, for ${span}`;
}

/** What goes beyond the platform's documented quotas; nothing for a target of one's own. */
export function beyondQuotas({ scenario, file, most }: OwnerRequest): Problem[] {
  const { target, publish, reconnect } = scenario;
  if (!goesAbroad(scenario)) return [];
  const { limits } = platformOf(scenario);
  const problems: Problem[] = [];
  const hold = (what: string, value: number, quota: number, whose: string): void => {
    if (value <= quota + 1e-9) return;
    const shown = Number.isFinite(value) ? formatCount(Math.ceil(value)) : 'as many as go through';
    problems.push({
      file,
      message: `${what}: ${shown}, where the platform documents ${formatCount(quota)} ${whose}`,
    });
  };
  hold('connects/s', most.connectsPerSec, limits.accountConnectsPerSec, 'per account');
  hold('messages/s', most.messagesPerSec, limits.accountMessagesPerSec, 'per account');
  if (most.messagesPerSec > 0) {
    for (const qos of [0, 1] as const)
      hold(
        `messages/s of a device at QoS ${qos}`,
        ofADevice(publish, qos),
        limits.messagesPerSec[qos],
        'per device',
      );
  }
  hold('connects a minute of a device', reconnect?.perMinute ?? 0, limits.connectsPerMinute, 'per device');
  if (target.kind === 'instance')
    hold('connections', most.connections, limits.newInstanceDevices, 'for a new public instance');
  return problems;
}

function ofADevice(publish: readonly PublishPlan[], qos: number): number {
  return messagesPerSec(
    publish.filter((each) => each.qos === qos),
    1,
  );
}

/** Before anything is opened. Throws `bad-input` where a word is needed and none is given. */
export async function mindOwner(request: OwnerRequest, door: Door): Promise<void> {
  const text = ownerText(request);
  if (text === undefined) return;
  door.stderr.write(`${text}\n`);
  const beyond = beyondQuotas(request);
  if (beyond.length === 0 || request.yes) return;
  if (await agrees(beyond, door)) return;
  const hint = 'if its owner knows of it, --yes goes on';
  throw badInput(beyond.map((problem) => ({ ...problem, hint })));
}

/** A person is asked, and nobody else: a script has --yes. */
async function agrees(beyond: readonly Problem[], { stdin, stderr }: Door): Promise<boolean> {
  if (!stdin?.isTTY || !stderr.isTTY) return false;
  for (const problem of beyond) stderr.write(`${formatProblem(problem)}\n`);
  // Without a terminal's raw mode Ctrl-C stays a signal, which ends the process.
  const lines = createInterface({ input: stdin, output: stderr, terminal: false });
  try {
    const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
    const answer = await Promise.race([lines.question('Does its owner know of it? [y/N] '), ended]);
    return /^y(?:es)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}
