/** What the platform means by its answers [codes], where the standard's own words would not help. */
import type { Hints } from '../platform.ts';
import { ALIYUN_LIMITS } from './limits.ts';

const [least, most] = ALIYUN_LIMITS.keepaliveSec;
const [qos0, qos1] = ALIYUN_LIMITS.messagesPerSec;
const WRONG_PASSWORD =
  'wrong user name or password: check the DeviceSecret, or with `auth: token` the deviceToken and the clientId that it was given with';
const KICKED = 'another connection signed in with the same triple; the platform keeps one per device';

export const HINTS: Hints = {
  'CONNACK 2': 'malformed client id: its |…| part, its length (64), or an unknown signmethod',
  'CONNACK 3': `MQTT service not available: wrong region or instance, keepalive outside ${least}-${most} s, or a quota of the endpoint is used up; with \`auth: https\` it is an iotToken that is not good`,
  'CONNACK 4': `${WRONG_PASSWORD}; \`mqtt-fleet sign --explain\` names the usual mistakes`,
  'CONNACK 5': 'not authorised: no such device in this product, or it is disabled or deleted',
  'HTTPS 401':
    'the sign is wrong: check the DeviceSecret; `mqtt-fleet sign --explain` names the usual mistakes, which are the same here',
  'HTTPS 460': 'a parameter is missing or malformed: clientId (64 characters), signmethod, names',
  'HTTPS 500': 'the service does not know what went wrong; try again, and more slowly',
  'HTTPS 5001': 'no such device in this product, or it is of another region or instance',
  'HTTPS 6200':
    'the product signs its devices in another way (X.509, ID²): see its authentication type in the console',
  'HTTPS no token': 'the service said yes and gave no iotId or iotToken',
  'SUBACK 128': `own topics only, and at most ${ALIYUN_LIMITS.subscriptions} of them`,
  133: 'client identifier not valid (its length or its |…| part)',
  134: WRONG_PASSWORD,
  135: 'not authorised: no such device, it is disabled, or the topic is not its own',
  142: KICKED,
  kicked: KICKED,
  dns: 'the host name does not resolve: check the region, the instance and this machine’s resolver',
  reply: `no answer within \`replyTimeout\`: the platform drops what is above its rate silently (${qos0}/s per device at QoS 0, ${qos1}/s at QoS 1)`,
};
