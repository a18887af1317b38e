/** What devices ask of their shadows on `/shadow/update/…`, and what they are told on `/shadow/get/…` [shadow]. */
import { isMap, parseObject } from './outcome.ts';
import {
  isNull,
  MOST_LEVELS,
  MOST_PROPERTIES,
  MOST_SHADOW_BYTES,
  Shadow,
  type ShadowChange,
} from './shadow.ts';

/** The platform's error codes and what they mean, in our words: its own are Chinese. */
const ERRORS = {
  400: 'the shadow request is not JSON',
  401: 'the shadow request has no method',
  402: 'the shadow request has no state',
  403: 'the version of the shadow request is not a number',
  404: 'the shadow request has no reported',
  405: 'reported of the shadow request is empty',
  406: 'the method of the shadow request is not valid',
  407: 'the shadow request is empty',
  408: `more than ${MOST_PROPERTIES} reported properties`,
  409: 'the version of the shadow request is not above that of the shadow',
  // Size and depth have no code of its own.
  500: `the shadow would have more than ${MOST_SHADOW_BYTES} bytes, or be nested deeper than ${MOST_LEVELS} levels`,
} as const;

type ErrorCode = keyof typeof ERRORS;
type Request = Record<string, unknown>;

/** A version of -1 is always taken, and begins anew. */
const RESET = -1;

export class ShadowRequests {
  /** By topic prefix. Only devices that may sign in have one, and each is bounded. */
  private readonly shadows = new Map<string, Shadow>();

  /** Also where nobody hears the answer the shadow changes. */
  answer(topicPrefix: string, payload: string, epochMs: number): string {
    const nowSec = Math.floor(epochMs / 1000);
    const answer = this.take(topicPrefix, payload, nowSec);
    const message = typeof answer === 'number' ? reply(failure(answer)) : answer;
    return JSON.stringify({ ...message, timestamp: nowSec });
  }

  private take(topicPrefix: string, payload: string, nowSec: number): object | ErrorCode {
    if (payload.trim() === '') return 407;
    const request = parseObject(payload);
    if (!isMap(request)) return 400;
    const { method } = request;
    if (method === undefined || method === '') return 401;
    const shadow = this.shadows.get(topicPrefix) ?? new Shadow();
    if (method === 'get') return whole('reply', shadow);
    if (method !== 'update' && method !== 'delete') return 406;
    const change = changeOf(request, shadow, nowSec);
    if (typeof change === 'number') return change;
    if (!shadow.change(change)) return 500;
    this.shadows.set(topicPrefix, shadow);
    const { version } = shadow;
    // What is desired of a device it is told as an order.
    if (hasDesired(request)) return whole('control', shadow);
    return reply({ status: 'success', version });
  }
}

function changeOf(request: Request, shadow: Shadow, nowSec: number): ShadowChange | ErrorCode {
  const { state, method } = request;
  if (!isMap(state)) return 402;
  // Without one it is the next: an inference, the pages call it "updated by the user".
  const { version = shadow.version + 1 } = request;
  if (typeof version !== 'number') return 403;
  const taken = method === 'delete' ? withoutThose(state, shadow) : withThose(state, shadow, nowSec);
  if (typeof taken === 'number') return taken;
  if (version !== RESET && version <= shadow.version) return 409;
  return { ...taken, version: version === RESET ? 0 : version };
}

type States = Omit<ShadowChange, 'version'> | ErrorCode;

function withThose({ reported, desired }: Request, shadow: Shadow, nowSec: number): States {
  const order: Omit<ShadowChange, 'version'> = {};
  if (isNull(desired)) order.desired = shadow.without('desired', 'null');
  else if (isMap(desired)) order.desired = shadow.merged('desired', desired, nowSec);
  if (reported === undefined) return order.desired === undefined ? 404 : order;
  if (!isMap(reported) || Object.keys(reported).length === 0) return 405;
  const merged = shadow.merged('reported', reported, nowSec);
  return merged.size > MOST_PROPERTIES ? 408 : { ...order, reported: merged };
}

function withoutThose({ reported }: Request, shadow: Shadow): States {
  if (reported === undefined) return 404;
  if (!isNull(reported) && !isMap(reported)) return 405;
  return { reported: shadow.without('reported', reported) };
}

function hasDesired({ state, method }: Request): boolean {
  return method === 'update' && isMap(state) && isMap(state.desired);
}

function whole(method: 'reply' | 'control', shadow: Shadow): object {
  return { method, payload: { status: 'success', ...shadow.document() }, version: shadow.version };
}

function reply(payload: object): object {
  return { method: 'reply', payload };
}

function failure(code: ErrorCode): object {
  return { status: 'error', content: { errorcode: String(code), errormessage: ERRORS[code] } };
}
