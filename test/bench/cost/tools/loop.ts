/** The two loops beside mqtt-fleet, each a process of its own that waits to be told. */
import { fileURLToPath } from 'node:url';
import type { Said } from '../load.ts';
import type { FromLoop, LoopJob, ToLoop } from '../loops/child.ts';
import { ToolProcess } from './process.ts';
import type { Tool } from './tool.ts';

/** `most` is a connect rate that it keeps up with. */
export function loopTool(name: string, file: string, most: number): Tool {
  const program = fileURLToPath(new URL(`../loops/${file}.js`, import.meta.url));
  return {
    name,
    lacks: async ({ threads }) => (threads > 1 ? 'has one thread' : undefined),
    async start(load, broker) {
      const { host, port, ca } = broker;
      const connectsPerSec = Math.min(most, load.connectsPerSec);
      const job: LoopJob = { load: { ...load, connectsPerSec }, host, port, ...(ca && { ca }) };
      const running = ToolProcess.fork(name, program, [JSON.stringify(job)]);
      await running.message<FromLoop>();
      await broker.until('the end of the rehearsal', ({ sockets }) => sockets === 0);
      const tell = (message: ToLoop): void => void running.child.send(message);
      return {
        pid: running.pid,
        begin: () => tell('begin'),
        async end() {
          tell('end');
          return await running.message<Said>();
        },
        kill: () => running.kill(),
      };
    },
  };
}
