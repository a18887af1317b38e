/** Which mistake made this password? */
import type { Triple } from '../../../model/devices/device-table.ts';
import type { Signmethod } from '../../../model/scenario.ts';
import { type RefusalReason, signmethodOf, verifyConnect } from '../check/verify.ts';
import type { Securemode } from '../endpoint.ts';
import { parseClientId } from '../signing/client-id.ts';
import { sign } from '../signing/credentials.ts';
import { type FOREIGN_FORMS, foreignFormOf } from './foreign-forms.ts';
import { MISTAKES } from './mistakes.ts';
import type { GivenLogin } from './password-parts.ts';

type MistakeId =
  | (typeof MISTAKES)[number]['id']
  | (typeof FOREIGN_FORMS)[number]['id']
  | Exclude<RefusalReason, 'wrong-password'>;

export type Explanation =
  | { kind: 'right' }
  | { kind: 'mistake'; mistake: MistakeId; explanation: string }
  /** Things to check, none of which this machine can. */
  | { kind: 'unknown'; hints: string[] };

/** How the device was told to sign; `timestamp` is its text, or undefined where none is submitted. */
export interface SigningSettings {
  signmethod: Signmethod;
  securemode: Securemode;
  timestamp: string | undefined;
  /** The client id the device really sent, where known. What it announces counts; the settings are then what was meant. */
  sentClientId?: string;
  /** The user name it really sent, where known. */
  sentUsername?: string | undefined;
  /** Only to notice that it was used in place of the DeviceSecret. */
  productSecret?: string;
}

/** Pure; no answer holds a secret. One mistake at a time is looked for, not two at once. */
export function explainPassword(triple: Triple, settings: SigningSettings, password: string): Explanation {
  const mqttClientId = settings.sentClientId ?? meantClientId(triple, settings);
  const username = settings.sentUsername ?? `${triple.deviceName}&${triple.productKey}`;
  const sent = { mqttClientId, username, password };
  const verdict = verifyConnect({ ...sent, tls: settings.securemode === 2 }, (productKey, deviceName) =>
    productKey === triple.productKey && deviceName === triple.deviceName ? triple.deviceSecret : undefined,
  );
  if (verdict.ok) return { kind: 'right' };
  const login = loginOf(triple, settings, mqttClientId);
  // Where the client id or the user name is of another platform, so is the password.
  const candidates = verdict.reason === 'wrong-password' ? MISTAKES : YUDAO;
  const found =
    candidates.find((mistake) => mistake.passwords(login).some((made) => same(made, password))) ??
    foreignFormOf(sent);
  if (found) return { kind: 'mistake', mistake: found.id, explanation: found.explanation };
  if (verdict.reason === 'wrong-password') return { kind: 'unknown', hints: hintsFor(login, password) };
  const { reason } = verdict;
  return { kind: 'mistake', mistake: reason, explanation: refusalSentence(reason, mqttClientId) };
}

/** That of a platform whose client ids and content are near enough to Aliyun's to be mixed up with them. */
const YUDAO = MISTAKES.filter(({ id }) => id === 'yudao-content');

function meantClientId(triple: Triple, { signmethod, securemode, timestamp }: SigningSettings): string {
  return sign(triple, signmethod, securemode, timestamp).mqttClientId;
}

function loginOf(triple: Triple, settings: SigningSettings, mqttClientId: string): GivenLogin {
  const id = parseClientId(mqttClientId);
  const params: ReadonlyMap<string, string> = id.ok ? id.params : new Map();
  return {
    triple: { ...triple, clientId: id.ok ? id.clientId : triple.clientId },
    signmethod: signmethodOf(params.get('signmethod')) ?? settings.signmethod,
    securemode: settings.securemode,
    timestamp: params.get('timestamp'),
    mqttClientId,
    pairs: params,
    meant: { clientId: triple.clientId, timestamp: settings.timestamp },
    productSecret: settings.productSecret,
  };
}

/** The case of hex digits does not matter to the platform, that of every other form does. */
function same(made: string, password: string): boolean {
  return made === password || (/^[0-9a-f]+$/.test(made) && made === password.toLowerCase());
}

/** What each reason means but that of a wrong password. */
export function refusalSentence(
  reason: Exclude<RefusalReason, 'wrong-password'>,
  mqttClientId: string,
): string {
  const id = parseClientId(mqttClientId);
  switch (reason) {
    case 'malformed-client-id':
      return `The client id is not of the form <clientId>|k=v,k=v|: ${id.ok ? '' : id.problem}.`;
    case 'unknown-signmethod':
      return 'The client id announces a signmethod that is none of hmacsha1, hmacmd5, hmacsha256.';
    case 'malformed-username':
      return 'The user name is not of the form <deviceName>&<productKey>.';
    case 'unknown-device':
      return 'The user name is of another device: it must be <deviceName>&<productKey> of this one.';
  }
}

function hintsFor(login: GivenLogin, password: string): string[] {
  const digits = { hmacmd5: 32, hmacsha1: 40, hmacsha256: 64 }[login.signmethod];
  const hints = [
    'Is the DeviceSecret given here the one of this device? Registering a device anew changes it.',
    'Are ProductKey, DeviceName and clientId exactly those the device uses, in upper and lower case?',
    'Is the timestamp given here the one in the client id the device sent?',
    'Two mistakes at once are not recognised: print the content that the device signs and compare it.',
  ];
  if (login.productSecret === undefined)
    hints.push('Was it signed with the ProductSecret? Give that too, to know.');
  if (!/^[0-9a-f]+$/i.test(password) || password.length !== digits) {
    hints.unshift(
      `A password of ${login.signmethod} is ${digits} hexadecimal digits; this one has another form.`,
    );
  }
  return hints;
}
