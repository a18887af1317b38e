/** What a CONNECT is answered with: the quotas have the first word, then the protocol, then the sign-in desk. */
import type { IConnectPacket } from 'mqtt-packet';
import { ConnectsInMinute } from '../quotas/connects-per-minute.ts';
import type { QuotaKeeper } from '../quotas/quota-keeper.ts';
import type { Counts } from './counts.ts';
import type { DeviceConnections } from './device-connections.ts';
import { MOST_USER_PROPERTIES, REASON } from './mqtt5.ts';
import { Refusals } from './refusals.ts';
import type { Session } from './session.ts';
import { connectFieldsOf, type SignIn, type SignInDesk } from './sign-in.ts';

const IDENTIFIER_REJECTED = 2;
const NOT_AUTHORIZED = 5;

export class Reception {
  readonly refusals: Refusals;
  private readonly desk: SignInDesk;
  private readonly counts: Counts;
  private readonly quotas: QuotaKeeper | undefined;
  private readonly connectRate = new ConnectsInMinute();

  constructor(desk: SignInDesk, counts: Counts, quotas: QuotaKeeper | undefined) {
    this.desk = desk;
    this.counts = counts;
    this.quotas = quotas;
    this.refusals = new Refusals(desk.explain);
  }

  /** What a CONNECT is answered with that has just arrived. */
  judge({ connectUs, tls, certificate }: Session, packet: IConnectPacket): SignIn {
    const { username } = packet;
    const inMinute = username === undefined ? 0 : this.connectRate.count(username, connectUs);
    this.counts.connects_per_minute_max = this.connectRate.max;
    const refusal = this.quotas?.refusalOfConnect(inMinute, connectUs);
    if (refusal !== undefined) return refusal;
    return refusalByProtocol(packet) ?? this.desk.judge(packet, tls, certificate);
  }

  /** The same when it is to be answered: is there still room? */
  judgeRoom(session: Session, packet: IConnectPacket, devices: DeviceConnections): SignIn {
    const signIn = this.withRoom(session.signIn!, devices);
    if (!signIn.ok) this.refusals.note(connectFieldsOf(packet, session.tls), signIn);
    return signIn;
  }

  /** A device that is connected already takes its own place over. */
  private withRoom(signIn: SignIn, devices: DeviceConnections): SignIn {
    if (!signIn.ok || devices.has(signIn.topicPrefix)) return signIn;
    return this.quotas?.refusalOfEntry(devices.size) ?? signIn;
  }
}

/** What no platform takes. */
function refusalByProtocol({
  protocolVersion,
  clientId,
  clean,
  will,
  properties = {},
}: IConnectPacket): SignIn | undefined {
  // Of 3.1.1; a server of MQTT 5 gives it a name in any case [MQTT-3.1.3-8].
  if (clientId === '' && !clean && protocolVersion !== 5)
    return { ok: false, returnCode: IDENTIFIER_REJECTED, reason: 'no-client-id' };
  const refuse = (reasonCode: number, reason: string): SignIn => {
    return { ok: false, returnCode: NOT_AUTHORIZED, reasonCode, reason };
  };
  if (properties.authenticationMethod !== undefined)
    return refuse(REASON.badAuthenticationMethod, 'authentication-method');
  if (protocolVersion === 5 && will?.qos === 2) return refuse(REASON.qosNotSupported, 'will-qos');
  const given = Object.values(properties.userProperties ?? {}).flat().length;
  return given > MOST_USER_PROPERTIES ? refuse(REASON.quotaExceeded, 'user-properties') : undefined;
}
