/** Whether the stand-in lets a device of a scheme in, asked without a process. */
import { join } from 'node:path';
import { readScenario } from '../../../src/scenario/scenario-file.ts';
import { startStandIn } from '../../../src/stand-in/stand-in.ts';
import type { Finished } from '../../support/cli.ts';
import { inProcess } from '../../support/in-process.ts';
import { type Scheme, schemeFolder } from './scheme.ts';

/** `check --probe` of the first device of each list, in this process, at a stand-in that knows the devices of the scheme. */
export async function probeScheme(scheme: Scheme, lists: string[]): Promise<Finished[]> {
  const { scenario, devices } = await readScenario(join(schemeFolder(scheme), 'scenario.yaml'), { env: {} });
  const { platform, auth } = scenario;
  const standIn = await startStandIn({ devices: devices.shared, platform, auth });
  try {
    const probed: Finished[] = [];
    for (const list of lists) {
      const file = join(schemeFolder({ ...scheme, list }), 'scenario.yaml');
      probed.push(await inProcess(['check', file, '--probe', '--set', `target=${standIn.urls.tcp}`]));
    }
    return probed;
  } finally {
    await standIn.close();
  }
}
