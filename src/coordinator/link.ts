/** The coordinator's end of a shard. What differs between a thread and a machine lives behind this and nowhere else. */
import type { AssignedDevices } from '../load/device/assigned-devices.ts';
import type { FromShard, ShardAssignment, ToShard } from '../load/protocol.ts';

export interface ShardLink {
  /** A start time is given on the coordinator's clock, as is that of a hello; the link translates both where the shard has another. */
  post(message: ToShard): void;
  onMessage(listener: (message: FromShard) => void): void;
  /** Time (µs) in all for which the shard could have run and was given no core; undefined where that is not known. */
  waitedUs(): number | undefined;
  /** Ends this shard and no other, whatever it does; it counts as lost for this reason. What it has posted before still arrives. */
  kill(reason: string): void;
  /** Resolves with undefined once the shard has ended by itself, or with the reason why it is lost. Never rejects. */
  readonly ended: Promise<string | undefined>;
}

/** All links of a fleet, opened together. */
export interface LinkPool {
  links: ShardLink[];
  /** Ends every shard that still runs. */
  destroy(): Promise<void>;
}

/** Opens one link per assignment, in their order. */
export type OpenLinks = (assignments: ShardAssignment[], devices: AssignedDevices) => Promise<LinkPool>;
