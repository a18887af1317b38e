/** What comes of a request of Alink, and how what devices send is read. */

/** Its data is empty, and its message says so in a word, where nothing else is said. */
export interface Outcome {
  code: number;
  message?: string;
  data?: object;
}

export const SUCCESS: Outcome = { code: 200 };
/** A parameter is missing or bad [alink]. */
export const BAD_PARAMETER: Outcome = { code: 460, message: 'request parameter error' };

/** An object or an array; undefined for any other text. */
export function parseObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    // Not JSON is one of the answers, not a fault.
    return undefined;
  }
}

export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
