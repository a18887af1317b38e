/** The login that the flags of `mqtt-fleet sign` describe. */
import type { Complain } from '../../input/fields.ts';
import type { Triple } from '../../model/devices/device-table.ts';
import type { Signmethod } from '../../model/scenario.ts';
import { signmethodOf } from '../../platform/aliyun/check/verify.ts';
import { type Securemode, securemodeOf } from '../../platform/aliyun/endpoint.ts';
import { parseClientId } from '../../platform/aliyun/signing/client-id.ts';
import {
  type ClientIdSettings,
  clientIdForm,
  formedCredentials,
} from '../../platform/aliyun/signing/client-id-form.ts';
import { checkClientId } from '../../platform/aliyun/signing/client-id-problems.ts';
import { type SignedCredentials, timestampText } from '../../platform/aliyun/signing/credentials.ts';
import { defaultsOf, type SdkName } from '../../platform/aliyun/signing/sdks.ts';

/** What `mqtt-fleet sign` is told of a login, as its flags have it. */
interface LoginFlags {
  productKey: string;
  deviceName: string;
  clientId?: string | undefined;
  timestamp?: string | undefined;
  signmethod?: Signmethod | undefined;
  sdk?: SdkName | undefined;
  param: [name: string, value: string][];
  order?: string[] | undefined;
  hex?: 'lower' | 'upper' | undefined;
  tls?: boolean | undefined;
  sentClientId?: string | undefined;
}

type PairFlags = Pick<LoginFlags, 'sdk' | 'clientId' | 'param' | 'order' | 'hex'>;

/** The same as of a scenario's `auth`, said of the flags. */
export function checkPairs(
  { timestamp, ...flags }: PairFlags & Pick<LoginFlags, 'timestamp'>,
  complain: Complain,
): void {
  const settings = { ...settingsOf(flags), ...(timestamp === 'omit' ? ({ timestamp } as const) : {}) };
  const names = flags.param.map(([name]) => name);
  for (const [at, name] of names.entries())
    if (names.indexOf(name) < at) complain(['param'], `${name} is given twice`);
  checkClientId(settings, ([key, which], message, hint) => {
    if (key === 'params')
      complain(['param'], which === undefined ? message : `${String(which)} ${message}`, hint);
    else if (key === 'order') complain(['order'], `${flags.order![which as number]} ${message}`, hint);
    else complain([key!], message, hint);
  });
}

function settingsOf({ sdk, clientId, param, order, hex }: PairFlags): ClientIdSettings {
  return { sdk, clientId, params: Object.fromEntries(param), order, hex };
}

/** A device's way to sign in. */
export interface DescribedLogin {
  triple: Triple;
  tls: boolean;
  signmethod: Signmethod;
  securemode: Securemode;
  timestamp: string | undefined;
  credentials: SignedCredentials;
}

/** How the device signs in: as the flags say, else as the client id that it sent, else by default. */
export function describedLogin(flags: LoginFlags, deviceSecret: string): DescribedLogin {
  const { productKey, deviceName, sdk } = flags;
  const sent = announcedBy(flags.sentClientId);
  const usual = defaultsOf(sdk);
  const signmethod = flags.signmethod ?? sent.signmethod ?? usual.signmethod;
  const tls = flags.tls ?? sent.tls ?? true;
  const securemode = securemodeOf(tls ? 'mqtts' : 'mqtt');
  const timestamp = timestampOf(flags.timestamp, sent, usual.timestamp);
  const form = clientIdForm(settingsOf(flags), signmethod, timestamp !== undefined);
  const device = { productKey, deviceName, clientId: `${productKey}.${deviceName}` };
  const own = flags.clientId === undefined ? sent.clientId : undefined;
  const clientId = own ?? form.freePart?.(device) ?? device.clientId;
  const credentials = formedCredentials(form, device, clientId, deviceSecret, securemode, timestamp);
  const triple: Triple = { productKey, deviceName, deviceSecret, clientId };
  return { triple, tls, signmethod, securemode, timestamp, credentials };
}

interface Announced {
  clientId?: string;
  signmethod?: Signmethod;
  tls?: boolean;
  /** Present and undefined where the client id carries none. */
  timestamp?: string | undefined;
}

/** What a client id on the wire tells of the login, as far as it can be read. */
function announcedBy(sentClientId: string | undefined): Announced {
  if (sentClientId === undefined) return {};
  const id = parseClientId(sentClientId);
  if (!id.ok) return { timestamp: undefined };
  const signmethod = signmethodOf(id.params.get('signmethod'));
  return {
    clientId: id.clientId,
    ...(signmethod ? { signmethod } : {}),
    tls: id.params.get('securemode') !== '3',
    timestamp: id.params.get('timestamp'),
  };
}

function timestampOf(
  given: string | undefined,
  sent: Announced,
  usual: number | 'now' | 'omit',
): string | undefined {
  if (given === undefined && 'timestamp' in sent) return sent.timestamp;
  const meant = given ?? usual;
  return meant === 'now' || meant === 'omit' ? timestampText(meant, Date.now()) : String(meant);
}
