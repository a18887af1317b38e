/** Registration over HTTPS: a form signed with the product's secret, and the secret in the answer. Each device has a connection of its own. */
import { randomBytes } from 'node:crypto';
import type { Clock } from '../../model/clock.ts';
import type { Signmethod, TlsOptions } from '../../model/scenario.ts';
import { FormRequests } from '../../platform/aliyun/login/form-request.ts';
import { refusedBy } from '../../platform/aliyun/login/refused-request.ts';
import { registrationSign } from '../../platform/aliyun/signing/registration.ts';
import { LoginError } from '../../platform/login.ts';
import { grantIn } from '../granted.ts';
import type { Asking, Told, Way } from './way.ts';

export interface HttpsWayPlan {
  url: string;
  tls: TlsOptions;
  signmethod: Signmethod;
  /** Time that a device has from its real start to its secret. */
  timeoutUs: number;
}

const RANDOM_BYTES = 8;

export class HttpsWay implements Way {
  private readonly requests: FormRequests;
  private readonly clock: Clock;
  private readonly plan: HttpsWayPlan;

  constructor(clock: Clock, plan: HttpsWayPlan) {
    this.requests = new FormRequests(plan.url, false, plan.tls);
    this.clock = clock;
    this.plan = plan;
  }

  async ask({ device, productSecret, signal }: Asking): Promise<Told> {
    const { signmethod, timeoutUs } = this.plan;
    const startUs = this.clock.nowUs();
    const { productKey, deviceName } = device;
    const random = randomBytes(RANDOM_BYTES).toString('hex');
    const sign = registrationSign(device, random, signmethod, productSecret);
    const form = new URLSearchParams({ productKey, deviceName, random, sign, signMethod: signmethod });
    const over = new AbortController();
    const end = (): void => over.abort();
    const timer = setTimeout(end, timeoutUs / 1e3);
    signal.addEventListener('abort', end, { once: true });
    const attempt = { signal: over.signal, enter() {}, took() {} };
    try {
      const answer = await this.requests.post(form.toString(), undefined, attempt);
      const heardUs = this.clock.nowUs();
      const { code, data } = (answer ?? {}) as { code?: unknown; data?: unknown };
      if (!Number.isSafeInteger(code)) return { failure: refusedBy('no code', 'protocol').failure };
      if (code !== 200) return { failure: refusedBy(String(code)).failure };
      const reading = grantIn('secret', device, data);
      if ('wrong' in reading) return { failure: refusedBy(reading.wrong, 'protocol').failure };
      return { row: reading.row, startUs, heardUs, leave: () => {} };
    } catch (error) {
      if (signal.aborted) return { failure: { phase: 'open', kind: 'closed', code: 'stopped' } };
      if (over.signal.aborted) return { failure: { phase: 'auth', kind: 'timeout', code: '' } };
      if (error instanceof LoginError) return { failure: error.failure };
      throw error;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
    }
  }
}
