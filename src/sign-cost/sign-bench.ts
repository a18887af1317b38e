/**
 * The loops that are timed. Of each kind of arm there is one, for all methods: two loops would be compiled twice, and then differ by
 * what the compiler made of them. The methods of a kind differ by their argument alone.
 */
import { createHmac } from 'node:crypto';
import { loginOf, type SigningContext } from '../load/device/login.ts';
import type { SigningTriple } from '../model/devices/device-table.ts';
import type { Signmethod } from '../model/scenario.ts';
import { contentOf, HASH, sign, timestampText } from '../platform/aliyun/credentials.ts';
import { endpointOf, type Securemode, securemodeOf } from '../platform/aliyun/endpoint.ts';
import type { SignArm } from './sign-arms.ts';

/** What one device of a batch signs, made before the clock runs. */
export interface PreparedLogin {
  row: number;
  triple: SigningTriple;
  securemode: Securemode;
  epochMs: number;
  timestamp: string | undefined;
  /** As users hold them who call createHmac themselves: two flat strings. */
  secret: string;
  content: string;
}

export function prepareLogin(context: SigningContext, row: number, epochMs: number): PreparedLogin {
  const { devices, target, scenario } = context;
  const triple = devices.signingTriple(row);
  const securemode = securemodeOf(endpointOf(target, triple.productKey).protocol);
  const timestamp = timestampText(scenario.auth.timestamp, epochMs);
  // A concatenation is a tree until it is first read; the way through bytes makes it flat.
  const content = Buffer.from(contentOf(triple, timestamp)).toString();
  return { row, triple, securemode, epochMs, timestamp, secret: triple.deviceSecret.toString(), content };
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

  private contextOf(signmethod: Signmethod): SigningContext {
    const { scenario, devices, target } = this.context;
    return { scenario: { auth: { ...scenario.auth, signmethod } }, devices, target };
  }

  private login(context: SigningContext): string {
    let made = '';
    for (const { row, epochMs } of this.batch) {
      made = loginOf(context, row, epochMs).credentials.password;
      this.taken += made.length;
    }
    return made;
  }

  private sign(signmethod: Signmethod): string {
    let made = '';
    for (const { triple, securemode, timestamp } of this.batch) {
      made = sign(triple, signmethod, securemode, timestamp).password;
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
    for (const { row } of this.batch) {
      made = this.context.devices.signingTriple(row).clientId;
      this.taken += made.length;
    }
    return made;
  }

  /** One login after the other, each timed by itself; a clock that is read twice per login is part of what it measures. */
  timeEachLogin(signmethod: Signmethod, nowNs: () => number, record: (ns: number) => void): void {
    const context = this.contextOf(signmethod);
    for (const { row, epochMs } of this.batch) {
      const beforeNs = nowNs();
      this.taken += loginOf(context, row, epochMs).credentials.password.length;
      record(nowNs() - beforeNs);
    }
  }
}
