/**
 * The platform's answer to a property or event post: the Alink JSON with the same `id` on `<topic>_reply`. The round trip from post to
 * reply is the latency a device feels.
 */

/** 6207: the payload is not JSON; 460: a parameter is missing or bad (here the id). */
const NOT_JSON = 6207;
const BAD_PARAMETER = 460;

/** The event's name if the topic of this device (`topicPrefix` is `/<productKey>/<deviceName>`) is one that is answered. */
export function postedEvent(topic: string, topicPrefix: string): string | undefined {
  const before = `/sys${topicPrefix}/thing/event/`;
  if (!topic.startsWith(before) || !topic.endsWith('/post')) return undefined;
  const event = topic.slice(before.length, -'/post'.length);
  return event === '' || event.includes('/') ? undefined : event;
}

export function replyTopic(topic: string): string {
  return `${topic}_reply`;
}

/** Any payload gets an answer: what is not an Alink request gets the platform's error code. */
export function replyTo(event: string, payload: string): string {
  const request = parseObject(payload);
  const id = request?.id;
  if (request === undefined) return replyJson('', NOT_JSON, 'request is not JSON', event);
  if (typeof id !== 'string' && typeof id !== 'number') {
    return replyJson('', BAD_PARAMETER, 'request parameter error', event);
  }
  return replyJson(id, 200, 'success', event);
}

function replyJson(id: string | number, code: number, message: string, event: string): string {
  return JSON.stringify({ id, code, data: {}, message, method: `thing.event.${event}.post`, version: '1.0' });
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    // Not JSON is one of the answers, not a fault.
    return undefined;
  }
}
