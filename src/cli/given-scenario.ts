/** The scenario that a command was given. */
import type { Door } from '../app/door.ts';
import { scenarioFile } from '../app/shipped-scenarios.ts';
import { formatProblem } from '../model/errors.ts';
import { readScenario, type ScenarioInput } from '../scenario/scenario-file.ts';
import { overridesOf, type ScenarioValues } from './flags/scenario-flags.ts';

/** Reads it, and says on stderr what may be a mistake. Throws `bad-input` with all problems. */
export async function givenScenario(
  flags: Pick<ScenarioValues, 'scenario' | 'client' | 'set'>,
  door: Pick<Door, 'stderr' | 'env'>,
): Promise<ScenarioInput> {
  const input = await readScenario(scenarioFile(flags.scenario), {
    overrides: overridesOf(flags),
    env: door.env,
  });
  for (const warning of input.warnings) door.stderr.write(`warning: ${formatProblem(warning)}\n`);
  return input;
}
