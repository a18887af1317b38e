/** One measurement: a tool, a load, a fresh broker; whatever happens, nothing of them is left. */
import { Broker } from '../broker.ts';
import type { Figures } from '../figures.ts';
import type { Load } from '../load.ts';
import { placeTool } from '../placement.ts';
import type { Tool } from '../tools/tool.ts';
import { measureConnecting } from './connecting.ts';
import { measurePublishing } from './publishing.ts';

/** Throws if what was asked for did not happen. */
export async function measure(tool: Tool, load: Load): Promise<Figures> {
  if ('measure' in tool) return await tool.measure(load);
  const broker = await Broker.start(load.tls !== undefined);
  try {
    const running = await tool.start(load, broker);
    try {
      placeTool(running.pid, load.threads);
      return await (load.publish === undefined
        ? measureConnecting(running, broker, load)
        : measurePublishing(running, broker, load, load.publish));
    } finally {
      await running.kill();
    }
  } finally {
    await broker.close();
  }
}
