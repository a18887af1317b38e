import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FleetError, formatProblem } from '../../../src/model/errors.ts';
import { readScenario, type ScenarioInput } from '../../../src/scenario/scenario-file.ts';

const HEAD = 'target: embedded\ndevices: { generate: { productKey: pk, count: 5 } }\n';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'client-id-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function read(text: string): Promise<ScenarioInput> {
  const file = join(folder, 's.yaml');
  writeFileSync(file, text);
  return readScenario(file, { env: {} });
}

async function problemsOf(text: string): Promise<string[]> {
  const failure = await read(text).catch((error: unknown) => error);
  if (!(failure instanceof FleetError)) return [];
  return failure.problems.map((problem) => formatProblem(problem).replace(`${join(folder, 's.yaml')}:`, ''));
}

it.each<[string, object]>([
  ['{}', { signmethod: 'hmacsha1', timestamp: 'now' }],
  ['{ sdk: js }', { sdk: 'js', signmethod: 'hmacsha1', timestamp: 'now' }],
  ['{ sdk: c-link-4 }', { sdk: 'c-link-4', signmethod: 'hmacsha256', timestamp: 2_524_608_000_000 }],
  ['{ sdk: console, timestamp: 5 }', { sdk: 'console', signmethod: 'hmacsha256', timestamp: 5 }],
  [
    '{ sdk: c-link-4, signmethod: hmacmd5, timestamp: now, hex: lower }',
    { sdk: 'c-link-4', signmethod: 'hmacmd5', timestamp: 'now', hex: 'lower' },
  ],
  [
    '{ params: { ext: 1, lan: C }, order: [ext, timestamp], clientId: "" }',
    {
      signmethod: 'hmacsha1',
      timestamp: 'now',
      params: { ext: '1', lan: 'C' },
      order: ['ext', 'timestamp'],
      clientId: '',
    },
  ],
])('auth: %s', async (auth, expected) => {
  const { scenario, warnings } = await read(`${HEAD}auth: ${auth}\n`);
  expect(scenario.auth).toEqual({ method: 'hmac', ...expected });
  expect(warnings).toEqual([]);
});

it.each<[string, string]>([
  [
    '{ params: { timestamp: 1 } }',
    '3:30: auth.params.timestamp cannot be a param (it is signed: `timestamp` sets it)',
  ],
  ['{ params: { signmethod: hmacmd5 } }', 'auth.params.signmethod cannot be a param'],
  [
    '{ params: { securemode: 2 } }',
    'auth.params.securemode cannot be a param (it follows from the transport)',
  ],
  ['{ params: { productKey: pk } }', 'auth.params.productKey cannot be a param'],
  ['{ params: { authType: register } }', 'auth.params.authType cannot be a param'],
  [
    '{ params: { deviceSecret: canary5ecret } }',
    'auth.params.deviceSecret cannot be a param (it is a secret',
  ],
  ['{ params: { lan: "a,b" } }', 'auth.params.lan cannot be in a client id'],
  ['{ params: { lan: " a" } }', 'auth.params.lan cannot be in a client id'],
  ['{ params: { lan: "a\\nb" } }', 'auth.params.lan cannot be in a client id'],
  ['{ params: { lan: "" } }', 'auth.params.lan is empty'],
  ['{ params: { lan: true } }', 'auth.params.lan is neither a text nor a number'],
  ['{ params: { "a|b": 1 } }', 'auth.params has a name that no pair can have'],
  ['{ params: { "a=b": 1 } }', 'auth.params has a name that no pair can have'],
  ['{ params: [ext] }', 'auth.params'],
  [
    '{ order: [timestamp, ext] }',
    '3:28: "ext" is no pair of the client id (valid: securemode, signmethod, timestamp)',
  ],
  ['{ order: [securemode, securemode] }', '3:29: "securemode" is there twice'],
  ['{ timestamp: omit, order: [timestamp] }', '"timestamp" is no pair of the client id'],
  ['{ sdk: rust }', '"rust" is not possible here (valid: c-link-3, c-link-4, js, js-1, console)'],
  ['{ hex: Upper }', '"Upper" is not possible here (did you mean upper?)'],
  ['{ clientId: "a|b" }', '"a|b" has a | (give only the free part'],
  [
    '{ clientId: "${clientId}" }',
    'has a placeholder that is not known here (it may have ${productKey} and ${deviceName})',
  ],
  ['{ clientId: "${deviceName" }', 'has a ${ without its }'],
  [
    `{ clientId: "\${deviceName}${'x'.repeat(60)}" }`,
    'makes client ids of up to 67 characters (the platform takes 64; too long for 5 of 5',
  ],
])('auth: %s is refused', async (auth, problem) => {
  const problems = await problemsOf(`${HEAD}auth: ${auth}\n`);
  expect(problems).toEqual([expect.stringContaining(problem)]);
  expect(problems.join()).not.toContain('canary5ecret');
});

it('tells all of them at once', async () => {
  const auth = '{ params: { timestamp: 1, lan: "a,b" }, order: [nope], clientId: "|" }';
  expect(await problemsOf(`${HEAD}auth: ${auth}\nhold: 10\n`)).toHaveLength(5);
});

it('warns of ${clientId} in topics, which is not that of auth', async () => {
  const publish =
    'publish: [{ topic: "/pk/${deviceName}/user/${clientId}", every: 1s, payload: { size: 99B } }]\n';
  const warned = (await read(`${HEAD}auth: { sdk: js }\n${publish}`)).warnings;
  expect(warned.map(({ message }) => message)).toEqual([expect.stringContaining('has ${clientId}')]);
  expect((await read(`${HEAD}auth: { sdk: c-link-4 }\n${publish}`)).warnings).toEqual([]);
});
