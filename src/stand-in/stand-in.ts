/** The stand-in for the Aliyun endpoint, in this process: listeners, sign-in desk, endpoint and counts put together. */
import { growDescriptorTable } from '../machine/descriptor-table.ts';
import { monotonicClock } from '../model/clock.ts';
import type { SharedDevices } from '../model/devices/device-table.ts';
import type { CertificateKind, FaultPlan, Quotas, Scenario, TlsVersion } from '../model/scenario.ts';
import { authorityOf, isTls } from '../model/target.ts';
import type { Products } from '../platform/check.ts';
import { makeCertificate } from './certificate.ts';
import { type Counts, zeroCounts } from './endpoint/counts.ts';
import { StandInEndpoint } from './endpoint/endpoint.ts';
import type { Refusals } from './endpoint/refusals.ts';
import { SignInDesk } from './endpoint/sign-in.ts';
import { Truth, type TruthStats } from './endpoint/truth.ts';
import { Faults } from './faults/faults.ts';
import { Listeners, type Ports, SCHEME_OF, TRANSPORTS, type Transport } from './listeners.ts';
import { QuotaKeeper } from './quotas/quota-keeper.ts';
import { HttpDoor } from './services/http-door.ts';
import { ServiceDesk } from './services/service-desk.ts';

/** What is spoken where no version is said. */
const BOTH = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3' } as const;

export interface StandInSettings extends Ports {
  /** The devices that exist, with their secrets. */
  devices: SharedDevices;
  /** The platform that it behaves as, by its name, and how devices sign in there; Aliyun's own when absent. */
  platform?: Scenario['platform'];
  auth?: Scenario['auth'];
  /** Products whose devices may register: their secrets, and whether they may now. */
  products?: Products | undefined;
  /** Refuses a securemode that does not fit the transport; the platform takes it. */
  strictSecuremode?: boolean | undefined;
  /** The port of the platform's services, over HTTP and HTTPS; 0 for any free one. Not offered when absent. */
  http?: number;
  /** PEM of the authority that signed the certificates of clients: who shows none of its is refused in the handshake. */
  clientCa?: string | undefined;
  /** The address to listen on; 127.0.0.1 if not given. */
  host?: string;
  /** The host clients are told, where it is not the one listened on (0.0.0.0). */
  advertise?: string;
  /** What the certificate of tls and wss is made with; `rsa` when absent. */
  certificate?: CertificateKind;
  /** The only version of TLS that it speaks; 1.2 and 1.3 when absent. */
  tlsVersion?: TlsVersion;
  /** What it does wrong; nothing when absent. */
  faults?: FaultPlan;
  /** What it allows; an absent quota is not enforced. */
  quotas?: Quotas;
}

export interface StandIn {
  ports: Ports;
  urls: Partial<Record<Transport, string>>;
  /** Of the services, where they are offered. */
  httpPort?: number;
  /** PEM, if there is a tls or wss listener, or services are offered. */
  ca?: string;
  counts(): Counts;
  /** Whom it refused, and why. */
  refusals: Refusals;
  /** How long its answers took, in µs. */
  truth(): TruthStats;
  /** Cuts every connection; resolves when all ports are free again. */
  close(): Promise<void>;
}

/** Listens on `tcp` with any free port if no transport is named. Throws a FleetError `broker-failed` if a port cannot be had. */
export async function startStandIn(settings: StandInSettings): Promise<StandIn> {
  const host = settings.host ?? '127.0.0.1';
  const advertised = advertisedHost(settings);
  const wanted = TRANSPORTS.filter((transport) => settings[transport] !== undefined);
  if (wanted.length === 0) wanted.push('tcp');
  const secure =
    settings.http !== undefined || wanted.some((transport) => isTls(SCHEME_OF[transport].protocol));
  const certificate = secure ? await makeCertificate([advertised], settings.certificate) : undefined;
  const { tlsVersion } = settings;
  const versions = tlsVersion === undefined ? BOTH : { minVersion: tlsVersion, maxVersion: tlsVersion };
  const identity = certificate && { ...certificate, ...versions };

  growDescriptorTable(settings.devices.count);
  const counts = zeroCounts();
  const clock = monotonicClock();
  const truth = new Truth();
  const faults = settings.faults && new Faults(settings.faults, clock, counts);
  const quotas = settings.quotas && new QuotaKeeper(settings.quotas, counts);
  const desk = new SignInDesk(settings.devices, settings);
  const endpoint = new StandInEndpoint(desk, counts, { clock, truth, faults, quotas });
  const asksForCertificate =
    settings.clientCa !== undefined || desk.rules.asksForCertificate?.(settings.auth);
  const secured = identity && {
    own: identity,
    clients: asksForCertificate ? { ca: settings.clientCa } : undefined,
    pskOf: desk.pskOf,
  };
  const listeners = new Listeners(counts);
  listeners.onHandshakeFault = ({ code, said }) => endpoint.refusals.noteHandshake(code, said);
  const services = new ServiceDesk(desk.services, counts, {
    clock,
    truth,
    faults,
    mqttOf: (tls) => mqttAddress(listeners.ports, advertised, tls),
  });
  const httpDoor =
    identity && settings.http !== undefined
      ? new HttpDoor(identity, counts, (...request) => services.handle(...request))
      : undefined;
  const close = async (): Promise<void> => {
    faults?.close();
    endpoint.close();
    await Promise.all([listeners.close(), httpDoor?.close()]);
    truth.close();
  };
  try {
    for (const transport of wanted) {
      await listeners.open(transport, host, settings[transport] ?? 0, secured, (...accepted) =>
        endpoint.accept(...accepted),
      );
    }
    await httpDoor?.open(host, settings.http ?? 0);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    ports: listeners.ports,
    urls: urlsOf(listeners.ports, advertised),
    ...(httpDoor && { httpPort: httpDoor.port }),
    ca: certificate?.cert,
    counts: () => {
      listeners.countBytes();
      return { ...counts };
    },
    refusals: endpoint.refusals,
    truth: () => truth.stats(),
    close,
  };
}

/** A wildcard address is nothing to connect to; this machine's own stands in for it. */
export function advertisedHost(settings: Pick<StandInSettings, 'host' | 'advertise'>): string {
  if (settings.advertise !== undefined) return settings.advertise;
  const host = settings.host ?? '127.0.0.1';
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}

/** Where a device goes that was given a token: by a door over TLS if it asked over TLS, where there is one. */
function mqttAddress({ tcp, tls }: Ports, host: string, isTlsAsked: boolean): { host: string; port: number } {
  return { host, port: (isTlsAsked ? (tls ?? tcp) : (tcp ?? tls)) ?? 1883 };
}

function urlsOf(ports: Ports, host: string): Partial<Record<Transport, string>> {
  const urls: Partial<Record<Transport, string>> = {};
  for (const transport of TRANSPORTS) {
    const port = ports[transport];
    if (port === undefined) continue;
    const { protocol, path } = SCHEME_OF[transport];
    urls[transport] = `${protocol}://${authorityOf(host, port)}${path}`;
  }
  return urls;
}
