/** Scenario file → Scenario and DeviceTable, or every problem of both at once. */
import { access, constants, readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { badInput, type FleetError, type Problem } from '../errors.ts';
import { warnOfAccount } from './account-rules.ts';
import { defaultMessage, problemsOf, valueProblem } from './complaints.ts';
import { type ListOptions, readDevices } from './device-list.ts';
import type { DeviceTable } from './device-table.ts';
import { useEnvironmentNumbers } from './environment-numbers.ts';
import { readPayloads } from './payload-file.ts';
import { checkReplyTopics } from './reply-topics.ts';
import { type Complain, checkScenario, warnOfScenario } from './rules.ts';
import type { ConnectPlan, DeviceSource, PublishPlan, Scenario } from './scenario.ts';
import { deviceSource, type ScenarioDraft, scenarioSchema } from './schema.ts';
import { type Path, SourceDocument } from './source-document.ts';
import { emptyThresholds } from './threshold-data.ts';

/** Far more than anyone writes by hand. */
const MAX_SCENARIO_BYTES = 4 * 1024 * 1024;
const DEFAULT_STARTS_PER_SEC = 100;

export interface ScenarioInput {
  scenario: Scenario;
  devices: DeviceTable;
  /** The user's text with the overrides in it; `${ENV:NAME}` is still in its place, so that it holds no secret. */
  asRun: string;
  warnings: Problem[];
}

export interface ScenarioOptions {
  /** `path=value`, as of the flag `--set`. */
  overrides?: string[];
  env: NodeJS.ProcessEnv;
}

/**
 * Reads a scenario and its device list. Throws `bad-input` with all problems of both. Where `connect.stages` is absent, devices start at
 * 100/s for as many whole seconds as that takes.
 */
export async function readScenario(file: string, options: ScenarioOptions): Promise<ScenarioInput> {
  const text = await readText(file);
  const overrides = options.overrides ?? [];
  const source = open(file, text, overrides);
  const asRun = overrides.length > 0 && source.problems.length === 0 ? source.toText() : text;
  source.resolve(options.env);
  const value = source.toValue();
  if (value === undefined) throw badInput(source.problems);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw notScenario(file);
  const { draft, problems } = validate(value, source);
  const list = await devicesOf(draft?.devices ?? soundDevices(value), file, source);
  problems.push(...source.problems);
  /** Of the other files. */
  const beside = [...list.problems];
  const warnings = [...source.warnings];
  if (draft !== undefined) {
    problems.push(...(await missingFiles(draft, file, source)));
    const payloads = await readPayloads(draft.publish, file, source);
    problems.push(...payloads.problems);
    beside.unshift(...payloads.inFiles);
    const scenario = complete({ ...draft, publish: payloads.publish }, file, list.devices.count);
    const complain: Complain = (...what) => problems.push(valueProblem(source, ...what));
    checkScenario(scenario, complain);
    checkReplyTopics(scenario, list.devices, complain);
    if (problems.length === 0 && beside.length === 0) {
      const warn: Complain = (...what) => warnings.push(valueProblem(source, ...what));
      warnOfScenario(scenario, list.devices, warn);
      warnOfAccount(scenario, list.devices.count, warn);
      // The inside form has a stand-in always; whether the user asked for one, the document knows.
      if (scenario.target.kind !== 'embedded' && source.has(['broker']))
        warnings.push(valueProblem(source, ['broker'], 'has no effect', 'it is for target: embedded only'));
      for (const { path, message } of emptyThresholds(scenario))
        warnings.push({ ...source.placeOf(path), message });
      return { scenario, devices: list.devices, asRun, warnings };
    }
  }
  throw badInput([...problems.sort(byPlace), ...beside]);
}

async function readText(file: string): Promise<string> {
  const fail = (message: string, hint?: string) => badInput([{ file, message, ...(hint ? { hint } : {}) }]);
  let text: string;
  try {
    const info = await stat(file);
    if (info.isDirectory()) throw fail('the scenario is a folder', 'name a file in it');
    if (LIST_NAME.test(file)) throw notScenario(file);
    if (info.size > MAX_SCENARIO_BYTES)
      throw fail('the scenario is over 4 MB', 'devices go into a list of their own');
    text = await readFile(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'ENOENT' || code === 'ENOTDIR') throw fail('there is no such scenario file');
    if (code === 'bad-input' || code === '') throw error;
    throw fail(`the scenario cannot be read: ${code}`);
  }
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

/** Names that only device lists have. */
const LIST_NAME = /\.(?:csv|jsonl|ndjson)$/i;

/** Shows nothing of what is in it: it may be a list of secrets. */
function notScenario(file: string): FleetError {
  const message =
    'this is not a scenario (a map of keys and values); is it a device list? name it in devices: { file: … }';
  return badInput([{ file, line: 1, column: 1, message }]);
}

/** The document with its overrides. Throws when there is no document to go on with. */
function open(file: string, text: string, overrides: readonly string[]): SourceDocument {
  let source: SourceDocument;
  try {
    source = new SourceDocument(file, text);
  } catch (error) {
    // The parser descends by recursion.
    if (!(error instanceof RangeError)) throw error;
    throw badInput([{ file, line: 1, column: 1, message: 'the scenario is nested too deeply' }]);
  }
  if (!source.isReadable) throw badInput(source.problems);
  for (const assignment of overrides) source.override(assignment);
  source.checkAliases();
  if (!source.isReadable) throw badInput(source.problems);
  if (source.isEmpty)
    throw badInput([{ file, line: 1, column: 1, message: 'the scenario is empty' }, ...source.problems]);
  return source;
}

function validate(value: unknown, source: SourceDocument): { draft?: ScenarioDraft; problems: Problem[] } {
  let result = scenarioSchema.safeParse(value, { error: defaultMessage });
  if (!result.success && useEnvironmentNumbers(result.error.issues, value, source)) {
    result = scenarioSchema.safeParse(value, { error: defaultMessage });
  }
  if (result.success) return { draft: result.data, problems: [] };
  return { problems: problemsOf(result.error.issues, value, source) };
}

/** The devices of a scenario that has problems elsewhere, so that those of the list are said in the same breath. */
function soundDevices(value: unknown): DeviceSource | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, 'devices')) return undefined;
  return deviceSource.safeParse((value as Record<string, unknown>).devices).data;
}

async function devicesOf(
  source: DeviceSource | undefined,
  file: string,
  document: SourceDocument,
): Promise<{ devices: DeviceTable; problems: Problem[] }> {
  if (source === undefined) return readDevices({ kind: 'generate', productKey: 'pk', count: 0, prefix: 'd' });
  const options: ListOptions = {
    at: document.placeOf(['devices', source.kind]),
    countAt: document.placeOf(['devices', 'count']),
  };
  if (source.kind === 'generate') return readDevices(source, options);
  const written = document.writtenAt(['devices', 'file']) ?? source.file;
  const isHidden = document.isFromEnvironment(['devices', 'file']);
  const shownAs = isHidden || resolve(written) === written ? written : join(dirname(file), written);
  // Its environment variable is not set: that has been said.
  if (document.isUnset(['devices', 'file'])) return devicesOf(undefined, file, document);
  return readDevices({ ...source, file: resolve(dirname(file), source.file) }, { ...options, shownAs });
}

async function missingFiles(draft: ScenarioDraft, file: string, source: SourceDocument): Promise<Problem[]> {
  const { tls, broker } = draft;
  const named: [Path, string | undefined][] = [
    [['tls', 'ca'], tls.caFile],
    [['tls', 'cert'], tls.certFile],
    [['tls', 'key'], tls.keyFile],
    [['broker', 'devices'], broker.devicesFile],
  ];
  const problems: Problem[] = [];
  for (const [path, name] of named) {
    if (name === undefined || source.isUnset(path)) continue;
    const isThere = await access(resolve(dirname(file), name), constants.R_OK).then(
      () => true,
      () => false,
    );
    if (!isThere) problems.push(valueProblem(source, path, 'is not a file that can be read'));
  }
  return problems;
}

type WithPayloads = ScenarioDraft & { publish: PublishPlan[] };

function complete(draft: WithPayloads, file: string, deviceCount: number): Scenario {
  const absolute = (name: string): string => resolve(dirname(file), name);
  const { devices, tls, broker, seed } = draft;
  return {
    ...draft,
    name: draft.name ?? basename(file, extname(file)),
    devices: devices.kind === 'file' ? { ...devices, file: absolute(devices.file) } : devices,
    connect: { ...draft.connect, stages: draft.connect.stages ?? defaultStages(deviceCount) },
    tls: {
      ...tls,
      ...(tls.caFile === undefined ? {} : { caFile: absolute(tls.caFile) }),
      ...(tls.certFile === undefined ? {} : { certFile: absolute(tls.certFile) }),
      ...(tls.keyFile === undefined ? {} : { keyFile: absolute(tls.keyFile) }),
    },
    broker: {
      ...broker,
      ...(broker.devicesFile === undefined ? {} : { devicesFile: absolute(broker.devicesFile) }),
      ...(broker.faults === undefined ? {} : { faults: { ...broker.faults, seed } }),
    },
  };
}

/** Whole seconds, so that the area under the stage is exact in floating point and never a start short. */
function defaultStages(deviceCount: number): ConnectPlan['stages'] {
  const seconds = Math.max(1, Math.ceil(deviceCount / DEFAULT_STARTS_PER_SEC));
  return [
    { durationUs: seconds * 1e6, fromPerSec: DEFAULT_STARTS_PER_SEC, toPerSec: DEFAULT_STARTS_PER_SEC },
  ];
}

function byPlace(a: Problem, b: Problem): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}
