/**
 * The loops that are timed. Of each kind of arm there is one, for all methods: two loops would be compiled twice, and then differ by
 * what the compiler made of them. The methods of a kind differ by their argument alone.
 */
import { createHmac } from 'node:crypto';
import { type LoginContext, loginContext, loginOf } from '../load/device/login.ts';
import type { DeviceTable, Identity } from '../model/devices/device-table.ts';
import type { Signmethod, Target } from '../model/scenario.ts';
import { aliyun } from '../platform/aliyun/aliyun.ts';
import { type Securemode, securemodeOf } from '../platform/aliyun/endpoint.ts';
import type { HmacSettings } from '../platform/aliyun/login/hmac.ts';
import {
  contentOf,
  credentialsOf,
  HASH,
  type SignedCredentials,
  timestampText,
} from '../platform/aliyun/signing/credentials.ts';
import { endpointOf } from '../platform/endpoint.ts';
import type { LoginAttempt } from '../platform/login.ts';
import type { SignArm } from './sign-arms.ts';

/** What the devices sign in with, and where. */
export interface SigningContext {
  scenario: { auth: HmacSettings };
  devices: DeviceTable;
  target: Target;
}

/** A signature takes no requests. */
const NO_REQUESTS: LoginAttempt = { enter: () => {}, took: () => {}, signal: new AbortController().signal };

/** What one device of a batch signs, made before the clock runs. */
export interface PreparedLogin {
  row: number;
  device: Identity;
  secretBytes: Buffer;
  securemode: Securemode;
  epochMs: number;
  timestamp: string | undefined;
  /** As users hold them who call createHmac themselves: two flat strings. */
  secret: string;
  content: string;
}

export function prepareLogin(context: SigningContext, row: number, epochMs: number): PreparedLogin {
  const { devices, target, scenario } = context;
  const device = devices.identity(row);
  const secretBytes = devices.secret(row);
  const securemode = securemodeOf(endpointOf(aliyun, target, device.productKey).protocol);
  const timestamp = timestampText(scenario.auth.timestamp, epochMs);
  // A concatenation is a tree until it is first read; the way through bytes makes it flat.
  const content = Buffer.from(contentOf(device, timestamp)).toString();
  const secret = secretBytes.toString();
  return { row, device, secretBytes, securemode, epochMs, timestamp, secret, content };
}

export class SignBench {
  private readonly context: SigningContext;
  private batch: PreparedLogin[] = [];
  /** Without a taker of the results, the compiler might leave the work out. */
  private taken = 0;

  constructor(context: SigningContext) {
    this.context = context;
  }

  /** The devices of the next loops: `size` of them from row `first` on, round the end of the list; each with a time of its own. */
  prepare(first: number, size: number, epochMs: number): void {
    const { count } = this.context.devices;
    this.batch = Array.from({ length: size }, (_, nth) =>
      prepareLogin(this.context, (first + nth) % count, epochMs + nth),
    );
  }

  /** Once for every device of the batch. Returns what came of the last: its password, or its client id where only the triple is read. */
  run({ kind, signmethod }: SignArm): string {
    switch (kind) {
      case 'login':
        return this.login(this.contextOf(signmethod));
      case 'sign':
        return this.sign(signmethod);
      case 'bare':
        return this.bare(HASH[signmethod]);
      case 'triple':
        return this.triple();
    }
  }

  private contextOf(signmethod: Signmethod): LoginContext {
    const { scenario, devices, target } = this.context;
    const auth: HmacSettings = { ...scenario.auth, signmethod };
    return loginContext({ platform: aliyun.name, auth }, devices, target);
  }

  private passwordOf(context: LoginContext, row: number, epochMs: number): string {
    const device = this.context.devices.identity(row);
    const { credentials } = loginOf(context, device, row, epochMs, NO_REQUESTS);
    return (credentials as SignedCredentials).password;
  }

  private login(context: LoginContext): string {
    let made = '';
    for (const { row, epochMs } of this.batch) {
      made = this.passwordOf(context, row, epochMs);
      this.taken += made.length;
    }
    return made;
  }

  private sign(signmethod: Signmethod): string {
    let made = '';
    for (const { device, secretBytes, securemode, timestamp } of this.batch) {
      made = credentialsOf(device, secretBytes, signmethod, securemode, timestamp).password;
      this.taken += made.length;
    }
    return made;
  }

  private bare(hash: string): string {
    let made = '';
    for (const { secret, content } of this.batch) {
      made = createHmac(hash, secret).update(content).digest('hex');
      this.taken += made.length;
    }
    return made;
  }

  private triple(): string {
    let made = '';
    const { devices } = this.context;
    for (const { row } of this.batch) {
      made = devices.identity(row).clientId;
      this.taken += made.length + devices.secret(row).length;
    }
    return made;
  }

  /** One login after the other, each timed by itself; a clock that is read twice per login is part of what it measures. */
  timeEachLogin(signmethod: Signmethod, nowNs: () => number, record: (ns: number) => void): void {
    const context = this.contextOf(signmethod);
    for (const { row, epochMs } of this.batch) {
      const beforeNs = nowNs();
      this.taken += this.passwordOf(context, row, epochMs).length;
      record(nowNs() - beforeNs);
    }
  }
}
