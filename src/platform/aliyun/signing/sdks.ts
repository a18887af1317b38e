/** What devices of a known make send in CONNECT: fleets that are to look like theirs name it in place of each setting. */
import type { Signmethod, Timestamp } from '../../../model/scenario.ts';
import type { Securemode } from '../endpoint.ts';

interface Sdk {
  /** Template of the free part; undefined where it is `<productKey>.<deviceName>`, which a device has without one. */
  clientId?: string;
  signmethod: Signmethod;
  timestamp: Timestamp;
  /** All pairs of the client id, in the order in which it has them. */
  order: readonly string[];
  /** Those that are not of the login itself. */
  params: Readonly<Record<string, string>>;
  hex: 'lower' | 'upper';
  /** What stands between two pairs; `,` where absent. */
  separator?: string;
  /** Whether the list of pairs ends with a comma while nothing is added to it. */
  endsWithComma?: boolean;
  /** Announced over any transport. */
  securemode?: Securemode;
}

/** Names of the pairs that say how it was signed, in the order of the documentation [connect]. */
const LOGIN_PAIRS = ['securemode', 'signmethod', 'timestamp'] as const;

export const SDKS = {
  /** The C Link SDK 3, built to be subscribed automatically, as its own logs of 3.1.0 show it [sdk]. */
  'c-link-3': {
    signmethod: 'hmacsha256',
    timestamp: 2_524_608_000_000,
    order: ['timestamp', '_v', 'securemode', 'signmethod', 'lan', '_ss', 'gw', 'ext'],
    params: { _v: 'sdk-c-3.1.0', lan: 'C', _ss: '1', gw: '0', ext: '0' },
    hex: 'upper',
  },
  /** The C Link SDK 4 signs a time that has not come yet, and writes upper-case digits (core_auth.c of 4.1.0) [sdk]. */
  'c-link-4': {
    signmethod: 'hmacsha256',
    timestamp: 2_524_608_000_000,
    order: ['timestamp', '_ss', '_v', 'securemode', 'signmethod', 'ext'],
    params: { _ss: '1', _v: 'sdk-c-4.1.0', ext: '3' },
    hex: 'upper',
    endsWithComma: true,
  },
  /** The JavaScript SDK 1.2.8 on Node [js]. */
  js: {
    clientId: '${productKey}&${deviceName}',
    signmethod: 'hmacsha1',
    timestamp: 'now',
    order: [...LOGIN_PAIRS, 'lan', '_v'],
    params: { lan: 'NodeJS', _v: '1.2.8' },
    hex: 'lower',
  },
  /** The JavaScript SDK before it, aliyun-iot-device-sdk 1.0.1, which breaks the line between two pairs [js]. */
  'js-1': {
    clientId: '${productKey}&${deviceName}_aliyun-iot-device-sdk-js',
    signmethod: 'hmacsha1',
    timestamp: 'now',
    order: LOGIN_PAIRS,
    params: {},
    hex: 'lower',
    separator: ',\n        ',
  },
  /** MQTT parameters that were copied from the console: they announce TLS, and are used without it as well [console]. */
  console: {
    signmethod: 'hmacsha256',
    timestamp: 'now',
    order: LOGIN_PAIRS,
    params: {},
    hex: 'lower',
    securemode: 2,
  },
} as const satisfies Record<string, Sdk>;

export type SdkName = keyof typeof SDKS;

export const SDK_NAMES = Object.keys(SDKS) as SdkName[];

/** What is sent where no SDK is named. */
const OWN: Sdk = {
  signmethod: 'hmacsha1',
  timestamp: 'now',
  order: LOGIN_PAIRS,
  params: {},
  hex: 'lower',
};

/** The defaults of every setting. */
export function defaultsOf(sdk: SdkName | undefined): Sdk {
  return sdk === undefined ? OWN : SDKS[sdk];
}
