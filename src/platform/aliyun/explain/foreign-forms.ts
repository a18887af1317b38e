/** Passwords of other clouds, known by their form: a device that was set up for one of them. */

/** What of a CONNECT shows it. */
interface SentFields {
  password: string;
  mqttClientId: string;
  username: string;
}

interface ForeignForm {
  id: string;
  explanation: string;
  matches(sent: SentFields): boolean;
}

const SIGNS_ELSEWHERE =
  'The IoT Platform of Aliyun takes the hexadecimal digits of an HMAC over its own content.';

/** In the order in which they are tried; the first that fits is named. */
export const FOREIGN_FORMS = [
  form('tencent-form', 'Tencent Cloud IoT (digits;hmacsha256)', ({ password }) =>
    /^[0-9a-f]+;hmac(?:sha1|sha256|md5)$/i.test(password),
  ),
  form('onenet-form', 'OneNET (version=…&res=…&et=…)', ({ password }) =>
    /^version=\d{4}-\d\d-\d\d&res=/.test(password),
  ),
  form('azure-form', 'Azure IoT Hub (SharedAccessSignature sr=…)', ({ password }) =>
    password.startsWith('SharedAccessSignature '),
  ),
  form('jwt-form', 'platforms that take a JWT', ({ password }) =>
    /^eyJ[\w-]+\.[\w-]+\.[\w-]*$/.test(password),
  ),
  form(
    'apsaramq-form',
    'ApsaraMQ for MQTT (base64 of an HMAC-SHA1, or a token)',
    ({ password, username }) =>
      /^(?:Signature|DeviceCredential|Token)\|/.test(username) || /^[A-Za-z0-9+/]{27}=$/.test(password),
  ),
  form('baidu-form', 'Baidu IoT Core (user name thingidp@…)', ({ username }) => /^thingidp@/.test(username)),
  form(
    'huawei-form',
    'Huawei IoTDA (a client id that ends with _0_ and the hour, which is the key)',
    ({ password, mqttClientId }) => /_0_[01]_\d{10}$/.test(mqttClientId) && /^[0-9a-f]{64}$/i.test(password),
  ),
] as const;

export function foreignFormOf(sent: SentFields) {
  return FOREIGN_FORMS.find(({ matches }) => matches(sent));
}

function form<const Id extends string>(id: Id, cloud: string, matches: ForeignForm['matches']) {
  const explanation = `This has the form of a login at ${cloud}. ${SIGNS_ELSEWHERE}`;
  return { id, explanation, matches } satisfies ForeignForm;
}
