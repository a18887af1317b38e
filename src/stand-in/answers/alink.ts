/**
 * Alink, in which devices ask and the platform answers: JSON with an `id`, and the answer has the same one. The round trip from a property
 * post to its answer is the latency a device feels.
 */
import { BAD_PARAMETER, type Outcome, parseObject, SUCCESS } from './outcome.ts';
import { THING_REQUESTS } from './thing-requests.ts';

/** [alink] */
const NOT_JSON: Outcome = { code: 6207, message: 'request is not JSON' };

interface AlinkRequest {
  id?: unknown;
  params?: unknown;
  sys?: { ack?: unknown } | null;
}

/**
 * The answer to a request on `/sys/<productKey>/<deviceName>/thing/<name>`. What is not an Alink request gets the platform's error code,
 * what asks for no answer (`sys.ack` of 0, as SDKs have it [js]) none.
 */
export function alinkAnswer(name: string, payload: string): string | undefined {
  const request = parseObject(payload) as AlinkRequest | undefined;
  if (request === undefined) return answerJson('', NOT_JSON, name);
  if (request.sys?.ack === 0) return undefined;
  const { id } = request;
  if (typeof id !== 'string' && typeof id !== 'number') return answerJson('', BAD_PARAMETER, name);
  return answerJson(id, THING_REQUESTS.get(name)?.(request.params) ?? SUCCESS, name);
}

function answerJson(
  id: string | number,
  { code, message = 'success', data = {} }: Outcome,
  name: string,
): string {
  return JSON.stringify({ id, code, data, message, method: methodOf(name), version: '1.0' });
}

const POST = 'event/property/post';
const POST_METHOD = 'thing.event.property.post';

/** Nearly all are property posts. */
function methodOf(name: string): string {
  return name === POST ? POST_METHOD : `thing.${name.replaceAll('/', '.')}`;
}
