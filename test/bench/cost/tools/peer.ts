/** Other people's tools, where they are installed. None signs, none has a start line: they are measured from their first connect. */
import type { Load } from '../load.ts';
import { ToolProcess } from './process.ts';
import type { Tool } from './tool.ts';

export interface Peer {
  program: string;
  lacks(load: Load): string | undefined;
  /** Its arguments; `host` is a literal address. */
  args(load: Load, host: string, port: number): string[];
}

/** In CONNECT: as long as a signed device's, and the same for all, as these tools know it. */
export const USERNAME = 'd000000&a1Bench';
export const PASSWORD = '0'.repeat(40);

export function peerTool(peer: Peer, path: string): Tool {
  return {
    name: peer.program,
    lacks: async (load) => (load.threads > 1 ? 'has threads of its own' : peer.lacks(load)),
    async start(load, broker) {
      const running = ToolProcess.spawn(peer.program, path, peer.args(load, broker.host, broker.port));
      await broker.until(`the first connection of ${peer.program}`, ({ sockets }) => {
        if (running.isOver) throw running.complaint('ended before it connected');
        return sockets > 0;
      });
      return {
        pid: running.pid,
        begin: () => {},
        async end() {
          await running.kill();
          return undefined;
        },
        kill: () => running.kill(),
      };
    },
  };
}
