/** Colours by meaning; all plain where the stream is no terminal or NO_COLOR is set. */
import pc from 'picocolors';

export interface Paint {
  good(text: string): string;
  bad(text: string): string;
  dim(text: string): string;
  strong(text: string): string;
}

/** NO_COLOR (no-color.org) wins over FORCE_COLOR, which wins over what the stream is. */
export function paintFor(stream: { isTTY?: boolean }, env: NodeJS.ProcessEnv): Paint {
  const coloured =
    !env.NO_COLOR && (Boolean(env.FORCE_COLOR) || (stream.isTTY === true && env.TERM !== 'dumb'));
  const colors = pc.createColors(coloured);
  return { good: colors.green, bad: colors.red, dim: colors.dim, strong: colors.bold };
}
