/**
 * Runs the suite on each version of Node that the tool is for: `npm run test:nodes`. After `--` come what vitest shall run and, before
 * that, the versions, where not all are meant: `npm run test:nodes -- 22 26 test/unit`. The binaries are npm's, of the package that `node`
 * itself installs. A version that cannot be had is said, and counts as failed: no data is never a pass.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CACHE = join(ROOT, 'node_modules/.cache/nodes');
/** The oldest that package.json allows, and all that are maintained. */
const VERSIONS = ['20.19', '22', '24', '26'];

const given = process.argv.slice(2);
const chosen = given.filter((arg) => /^\d+(\.\d+)*$/.test(arg));
const tests = given.filter((arg) => !chosen.includes(arg));

/** The folder of its binary; undefined where npm has none for this machine. */
function install(version) {
  const folder = join(CACHE, version);
  const name = `node-${process.platform}-${process.arch}`;
  const args = ['install', '--no-save', '--no-package-lock', '--prefix', folder, `${name}@${version}`];
  const { status } = spawnSync('npm', args, { stdio: ['ignore', 'ignore', 'inherit'] });
  return status === 0 ? join(folder, 'node_modules', name, 'bin') : undefined;
}

function resultOn(version) {
  const folder = install(version);
  if (folder === undefined) return 'could not be had';
  const node = join(folder, 'node');
  const exact = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  console.log(`\nNode ${exact}`);
  // Tests that start `node` by its name mean this one.
  const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const args = [vitest, 'run', '--config', 'test/vitest.config.ts', ...tests];
  const { status } = spawnSync(node, args, { cwd: ROOT, env, stdio: 'inherit' });
  return `${exact}: ${status === 0 ? 'passed' : 'failed'}`;
}

const results = (chosen.length > 0 ? chosen : VERSIONS).map((version) => [version, resultOn(version)]);
console.log('');
for (const [version, result] of results) console.log(`Node ${version.padEnd(6)} ${result}`);
if (results.some(([, result]) => !result.endsWith('passed'))) process.exitCode = 1;
