/** What becomes of a device's session and of its name once its connection is gone, as the outside form has it. */
import * as z from 'zod';
import { type Complain, duration, object, qos, rule, text } from '../../input/fields.ts';
import { checkDeviceText, checkTopic } from '../../load/behaviour/telemetry/settings/message-rules.ts';
import type { Scenario } from '../../model/scenario.ts';

/** MQTT 5, 3.1.2.11.2: four bytes of seconds, of which the highest number is no end at all. */
const MOST_EXPIRY_SEC = 2 ** 32 - 2;
const DEFAULT_EXPIRY_SEC = 3600;

const NAMES = 'With ${productKey}, ${deviceName}, ${clientId}';

const will = object({
  topic: text()
    .superRefine(rule((value, complain) => checkTopic(value, 'will', complain)))
    .meta({ description: NAMES }),
  payload: text().superRefine(rule(checkDeviceText)).meta({ description: NAMES }),
  qos: qos().prefault(0).meta({ description: 'Aliyun has no QoS 2, nor have the clients here' }),
  retain: z
    .boolean()
    .prefault(false)
    .meta({ description: 'Whether the server keeps it for who comes later' }),
});

export const sessionShape = {
  clean: z.boolean().prefault(true).meta({
    description:
      'false: a device that comes back goes on with its session, and the server keeps it meanwhile',
  }),
  sessionExpiry: duration()
    .superRefine(
      rule((us, complain) => {
        const sec = us / 1e6;
        if (sec < 1 || !Number.isInteger(sec)) complain([], 'is not a whole number of seconds above 0');
        else if (sec > MOST_EXPIRY_SEC) complain([], 'is longer than MQTT allows');
      }),
    )
    .optional()
    .meta({
      description: 'How long the server keeps a session with clean: false (MQTT 5); 1h when absent',
    }),
  will: will.optional().meta({ description: 'What the server says for a device whose connection was lost' }),
  topicAlias: z.boolean().prefault(false).meta({
    description:
      'true: messages name their topic once and then by number, as far as the server takes that (MQTT 5)',
  }),
};

interface SessionDraft {
  clean: boolean;
  sessionExpiry?: number | undefined;
  topicAlias: boolean;
  protocol: Scenario['protocol'];
}

/** What goes together. */
export function checkSession(draft: SessionDraft, complain: Complain): void {
  const { clean, sessionExpiry, topicAlias, protocol } = draft;
  const isMqtt5 = protocol === '5';
  if (sessionExpiry !== undefined && !isMqtt5) {
    complain(['sessionExpiry'], 'is of MQTT 5', 'write protocol: 5; with 3.1.1 the server decides');
  } else if (sessionExpiry !== undefined && clean) {
    complain(
      ['sessionExpiry'],
      'keeps no session',
      'write clean: false; without it each connect begins anew',
    );
  }
  if (topicAlias && !isMqtt5) complain(['topicAlias'], 'is of MQTT 5', 'write protocol: 5');
}

/** The same inside. MQTT 5 ends a session with its connection unless it is told otherwise, which who asks for one does not mean. */
export function sessionOf({
  clean,
  sessionExpiry,
  topicAlias,
  protocol,
}: SessionDraft): Pick<Scenario, 'keptSession' | 'topicAlias'> {
  const expirySec = sessionExpiry === undefined ? DEFAULT_EXPIRY_SEC : sessionExpiry / 1e6;
  return {
    ...(clean ? {} : { keptSession: protocol === '5' ? { expirySec } : {} }),
    ...(topicAlias ? { topicAlias } : {}),
  };
}
