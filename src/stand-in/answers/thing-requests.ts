/**
 * The Alink requests whose answer depends on more than their id, by what follows `…/thing/` in the topic; any other is answered with a 200.
 * Nothing here was set up on a console: no desired values, no configuration, no firmware, no sub-devices.
 */
import { BAD_PARAMETER, isMap, type Outcome, SUCCESS } from './outcome.ts';

type Answer = (params: unknown) => Outcome;

/** Of one request [limits]. */
const MOST_TAGS = 200;

/** What a device reads that has never been given a value has no entry [alink]. */
const desiredGet: Answer = (params) =>
  Array.isArray(params) && params.every((name) => typeof name === 'string') ? SUCCESS : BAD_PARAMETER;

/** A version that is not the value's, or no value at all, is ignored [alink]. */
const desiredDelete: Answer = (params) => (isMap(params) ? SUCCESS : BAD_PARAMETER);

/** [alink] */
function tagsWith(...keys: string[]): Answer {
  return (params) =>
    Array.isArray(params) &&
    params.length <= MOST_TAGS &&
    params.every((tag) => isMap(tag) && keys.every((key) => typeof tag[key] === 'string'))
      ? SUCCESS
      : BAD_PARAMETER;
}

/** [alink] */
const configGet: Answer = () => ({ code: 6710, message: 'no data' });

/** As the older topic of the same question is answered [alink]; the newer one's own words are not documented for this case. */
export const NO_FIRMWARE: Outcome = { code: 500, message: 'none upgrade operation of the device.' };

const topologyGet: Answer = () => ({ code: 200, data: [] });

export const THING_REQUESTS: ReadonlyMap<string, Answer> = new Map([
  ['property/desired/get', desiredGet],
  ['property/desired/delete', desiredDelete],
  ['deviceinfo/update', tagsWith('attrKey', 'attrValue')],
  ['deviceinfo/delete', tagsWith('attrKey')],
  ['config/get', configGet],
  ['ota/firmware/get', () => NO_FIRMWARE],
  ['topo/get', topologyGet],
]);
