/** What a CONNECT is answered with: the quotas have the first word, then the protocol version, then the sign-in desk. */
import type { IConnectPacket } from 'mqtt-packet';
import { ConnectsInMinute } from '../quotas/connects-per-minute.ts';
import type { QuotaKeeper } from '../quotas/quota-keeper.ts';
import type { Counts } from './counts.ts';
import type { DeviceConnections } from './device-connections.ts';
import type { Session } from './session.ts';
import type { SignIn, SignInDesk } from './sign-in.ts';

const WRONG_PROTOCOL_VERSION = 1;

export class Reception {
  private readonly desk: SignInDesk;
  private readonly counts: Counts;
  private readonly quotas: QuotaKeeper | undefined;
  private readonly connectRate = new ConnectsInMinute();

  constructor(desk: SignInDesk, counts: Counts, quotas: QuotaKeeper | undefined) {
    this.desk = desk;
    this.counts = counts;
    this.quotas = quotas;
  }

  /** What a CONNECT is answered with that has just arrived. */
  judge({ connectUs, tls }: Session, packet: IConnectPacket): SignIn {
    const { username, protocolVersion } = packet;
    const inMinute = username === undefined ? 0 : this.connectRate.count(username, connectUs);
    this.counts.connects_per_minute_max = this.connectRate.max;
    const refusal = this.quotas?.refusalOfConnect(inMinute, connectUs);
    if (refusal !== undefined) return refusal;
    return protocolVersion === 5
      ? { ok: false, returnCode: WRONG_PROTOCOL_VERSION, reason: 'protocol-version' }
      : this.desk.judge(packet, tls);
  }

  /** The same when it is to be answered: is there still room? A device that is connected already takes its own place over. */
  judgeRoom(signIn: SignIn, devices: DeviceConnections): SignIn {
    if (!signIn.ok) return signIn;
    const refusal = devices.has(signIn.topicPrefix) ? undefined : this.quotas?.refusalOfEntry(devices.size);
    if (refusal !== undefined) return refusal;
    if (signIn.overlooked !== undefined) this.counts.connects_securemode_mismatch++;
    return signIn;
  }
}
