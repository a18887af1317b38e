/** Scenario file → Scenario and DeviceTable, or every problem of both at once. */
import { basename, dirname, extname, resolve } from 'node:path';
import type * as z from 'zod';
import { type Complain, isQos2 } from '../input/fields.ts';
import { defaultMessage } from '../input/zod-message.ts';
import type { DeviceTable } from '../model/devices/device-table.ts';
import { badInput, type Problem } from '../model/errors.ts';
import type { ConnectPlan, PublishPlan, Scenario } from '../model/scenario.ts';
import { platformOf, serviceUrlOf } from '../platform/platforms.ts';
import { type ListForm, listFormOf } from './devices/list-form.ts';
import { problemsOf, valueProblem } from './document/complaints.ts';
import { useEnvironmentNumbers } from './document/environment-numbers.ts';
import { notScenario, readScenarioText } from './document/scenario-text.ts';
import { SourceDocument } from './document/source-document.ts';
import { readPayloads } from './payload-file.ts';
import { readyAuth } from './rules/auth-files.ts';
import { checkProductKeys, checkScenario, warnOfScenario } from './rules/scenario-rules.ts';
import { checkStandInFiles } from './rules/stand-in-files.ts';
import { emptyThresholds } from './rules/threshold-data.ts';
import { checkTlsFiles, warnOfIdleTls } from './rules/tls-files.ts';
import { productKeyOf, readScenarioDevices, soundDevices, targetOfAll } from './scenario-devices.ts';
import { checkBehaviours } from './schema/behaviour-schemas.ts';
import { meantBy, type ScenarioDraft, schemaFor } from './schema/scenario-schema.ts';

const MAX_PROBLEMS = 100;
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
  return parseScenario(await readScenarioText(file), file, options);
}

/** The same of a text that is there already; `file` is what it is called, and where the paths in it begin. */
export async function parseScenario(
  text: string,
  file: string,
  options: ScenarioOptions,
): Promise<ScenarioInput> {
  const overrides = options.overrides ?? [];
  const source = open(file, text, overrides);
  const asRun = overrides.length > 0 && source.problems.length === 0 ? source.toText() : text;
  source.resolve(options.env);
  const value = source.toValue();
  if (value === undefined) throw badInput(bounded(source.problems, file));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw notScenario(file);
  const { draft, problems } = validate(value, source);
  const meant = meantBy(value);
  const from = draft?.devices ?? soundDevices(value, meant.method);
  const given = { ...absoluteFiles(meant, dirname(file)), ...productKeyOf(from) };
  const form = listFormOf(meant.platform, meant.columns, given);
  const list = await readScenarioDevices(from, form, file, source);
  problems.push(...source.problems);
  /** Problems of the other files. */
  const beside = [...list.problems];
  const warnings = [...source.warnings, ...list.warnings];
  if (draft !== undefined) {
    const complain: Complain = (...what) => problems.push(valueProblem(source, ...what));
    const warn: Complain = (...what) => warnings.push(valueProblem(source, ...what));
    checkGiven(form, source, complain);
    await checkTlsFiles(draft.tls, file, { complain, warn, isUnset: (path) => source.isUnset(path) });
    draft.auth = await readyAuth(draft, file, complain, new Set(Object.keys(form.given)), (path) =>
      source.isUnset(path),
    );
    await checkStandInFiles(draft.broker, file, (path) => source.isUnset(path), complain);
    const payloads = await readPayloads(draft.publish, file, source, platformOf(draft));
    problems.push(...payloads.problems);
    beside.unshift(...payloads.inFiles);
    const target = targetOfAll(draft.target, list, complain);
    const scenario = complete({ ...draft, publish: payloads.publish, target }, file, list.devices.count);
    checkScenario(scenario, complain);
    checkBehaviours(scenario, list.devices, complain);
    checkProductKeys(scenario, list.devices, complain);
    meant.method.checkDevices?.(scenario.auth, list.devices, (path, ...what) =>
      complain(['auth', ...path], ...what),
    );
    if (problems.length === 0 && beside.length === 0) {
      warnOfScenario(scenario, list.devices, warn);
      warnOfIdleTls(scenario, warn);
      // The inside form has a stand-in always; whether the user asked for one, the document knows.
      if (scenario.target.kind !== 'embedded' && source.has(['broker']))
        warnings.push(valueProblem(source, ['broker'], 'has no effect', 'it is for target: embedded only'));
      for (const { path, message } of emptyThresholds(scenario))
        warnings.push({ ...source.placeOf(path), message });
      return { scenario, devices: list.devices, asRun, warnings };
    }
  }
  throw badInput(bounded([...problems.sort(byPlace), ...beside], file));
}

/** What the scenario gives to all devices, its paths from where it stands: a list may stand elsewhere. */
function absoluteFiles({ method, given }: ReturnType<typeof meantBy>, folder: string): ListForm['given'] {
  const absolute = { ...given };
  for (const { name, isFile } of method.columns)
    if (isFile && given[name] !== undefined) absolute[name] = resolve(folder, given[name]);
  return absolute;
}

/** Nobody reads on after these, and one mistake in a generated file may be thousands. */
function bounded(problems: Problem[], file: string): Problem[] {
  const more = problems.length - MAX_PROBLEMS;
  return more <= 0
    ? problems
    : [...problems.slice(0, MAX_PROBLEMS), { file, message: `… and ${more} more problems` }];
}

/** The document with its overrides. Throws when there is no document to go on with. */
function open(file: string, text: string, overrides: readonly string[]): SourceDocument {
  const source = new SourceDocument(file, text);
  if (!source.isReadable) throw badInput(bounded(source.problems, file));
  for (const assignment of overrides) source.override(assignment);
  source.checkAliases();
  if (!source.isReadable) throw badInput(bounded(source.problems, file));
  if (source.isEmpty)
    throw badInput([{ file, line: 1, column: 1, message: 'the scenario is empty' }, ...source.problems]);
  return source;
}

function validate(value: unknown, source: SourceDocument): { draft?: ScenarioDraft; problems: Problem[] } {
  const schema = schemaFor(value);
  const { noQos2 } = meantBy(value).platform;
  const error = (issue: z.core.$ZodRawIssue): string =>
    isQos2(issue) ? `is not possible: ${noQos2}` : defaultMessage(issue);
  let result = schema.safeParse(value, { error });
  if (!result.success && useEnvironmentNumbers(result.error.issues, value, source)) {
    result = schema.safeParse(value, { error });
  }
  if (result.success) return { draft: result.data, problems: [] };
  return { problems: problemsOf(result.error.issues, value, source) };
}

/** The report keeps a copy of the scenario, in which a secret would stand. */
function checkGiven({ method, given }: ListForm, source: SourceDocument, complain: Complain): void {
  for (const { name, isSecret } of method.columns) {
    const path = ['auth', name];
    if (!isSecret || given[name] === undefined || source.isFromEnvironment(path)) continue;
    complain(path, 'is written out', 'take it from the environment: ${ENV:NAME}');
  }
}

type WithPayloads = Omit<ScenarioDraft, 'target'> & { publish: PublishPlan[]; target: Scenario['target'] };

function complete(draft: WithPayloads, file: string, deviceCount: number): Scenario {
  const absolute = (name: string): string => resolve(dirname(file), name);
  const { given: _, ...scenario } = draft;
  const { devices, tls, broker, seed } = scenario;
  const url = serviceUrlOf(scenario);
  return {
    ...scenario,
    ...(url !== undefined && { auth: { ...scenario.auth, url } }),
    name: draft.name ?? basename(file, extname(file)),
    devices: devices.kind === 'file' ? { ...devices, file: absolute(devices.file) } : devices,
    connect: { ...scenario.connect, stages: scenario.connect.stages ?? defaultStages(deviceCount) },
    tls: {
      ...tls,
      ...(tls.caFile === undefined ? {} : { caFile: absolute(tls.caFile) }),
      ...(tls.certFile === undefined ? {} : { certFile: absolute(tls.certFile) }),
      ...(tls.keyFile === undefined ? {} : { keyFile: absolute(tls.keyFile) }),
    },
    broker: {
      ...broker,
      ...(broker.devicesFile === undefined ? {} : { devicesFile: absolute(broker.devicesFile) }),
      ...(broker.clientCaFile === undefined ? {} : { clientCaFile: absolute(broker.clientCaFile) }),
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
