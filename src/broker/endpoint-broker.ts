/** The MQTT side of the stand-in: aedes with the platform's rules in place of its own. */
import type { Duplex } from 'node:stream';
import { Aedes, type Client, type ConnectPacket, type PublishPacket, type Subscription } from 'aedes';
import type { Clock } from '../clock.ts';
import { Answers } from './answers.ts';
import { ConnectRate } from './connect-rate.ts';
import { type Counts, countPublish, countRefusal } from './counts.ts';
import { cutStream } from './cut.ts';
import { DeviceConnections } from './device-connections.ts';
import type { Faults } from './faults.ts';
import { postedEvent, replyTo, replyTopic } from './property-reply.ts';
import { isOwnTopic } from './rules.ts';
import { Session } from './session.ts';
import type { SignInDesk } from './sign-in.ts';
import type { Truth } from './truth.ts';

type Done = (error?: Error | null) => void;
type Published = (error?: Error) => void;

/**
 * A topic is heard by one device at most, the one whose place it names, and that device has one connection. So routing is the question
 * whether the publisher itself subscribed, and an uplink goes to "the cloud", which is this object: `publish` replaces the emitter and
 * the storage of aedes altogether. Aedes does the protocol: packets, SUBACK, keepalive, persistent sessions. PUBACKs are sent from here,
 * so that they can be late while aedes reads on.
 */
export class EndpointBroker extends Aedes {
  private readonly desk: SignInDesk;
  private readonly counts: Counts;
  private readonly clock: Clock;
  private readonly faults: Faults | undefined;
  private readonly answers: Answers;
  private readonly connectRate = new ConnectRate();
  /** Weak, because aedes still hands over what a client sent just before its end. */
  private readonly sessions = new WeakMap<Client, Session>();
  private readonly devices: DeviceConnections;

  constructor(
    desk: SignInDesk,
    counts: Counts,
    { clock, truth, faults }: { clock: Clock; truth: Truth; faults?: Faults },
  ) {
    super({
      // Client ids are longer than the 23 characters of MQTT 3.1, and the platform takes them there too.
      maxClientsIdLength: 0xffff,
      // Packets of a client that does not wait for its CONNACK.
      queueLimit: 1000,
      preConnect: (client, packet, done) => this.onConnect(client, packet, done),
      authenticate: (client, _username, _password, done) => this.onAuthenticate(client, done),
      authorizePublish: (client, packet, done) => this.onPublish(client, packet, done),
      authorizeSubscribe: (client, subscription, done) => this.onSubscribe(client, subscription, done),
      authorizeForward: (_client, packet) => {
        this.counts.messages_delivered++;
        return packet;
      },
    });
    this.desk = desk;
    this.counts = counts;
    this.clock = clock;
    this.faults = faults;
    this.answers = new Answers(clock, truth, counts, faults);
    this.devices = new DeviceConnections(
      (session) => this.end(session),
      () => this.counts.kicked++,
    );
    // A persistent session comes with the subscriptions of last time.
    this.on('client', (client) => this.sessions.get(client)?.subscriptionsChanged());
    this.on('subscribe', (_subscriptions, client) => this.sessions.get(client)?.subscriptionsChanged());
    this.on('unsubscribe', (_filters, client) => this.sessions.get(client)?.subscriptionsChanged());
    const onError = (client: Client): void => {
      const session = this.sessions.get(client);
      if (session !== undefined) this.end(session);
    };
    this.on('clientError', onError);
    this.on('connectionError', onError);
  }

  /** Takes over a connection of any transport. */
  accept(stream: Duplex, tls: boolean): void {
    // These listeners come before those of aedes, so that its client is always closed through end() and says when it is done.
    stream.once('end', () => this.end(session));
    stream.once('close', () => {
      this.end(session);
      this.countEnd(session);
      this.faults?.freeze.closed(stream);
    });
    this.faults?.freeze.opened(stream);
    const session = new Session(this.handle(stream), tls);
    this.sessions.set(session.client, session);
  }

  /** What aedes would spread: uplinks, which are taken already, and $SYS topics, which exist for clusters of brokers. */
  override publish(_packet: PublishPacket, client: Client | Published | null, done?: Published): void {
    const then = typeof client === 'function' ? client : done;
    // Never at once: aedes reads on when this is called, and its packet parser is not reentrant.
    if (then !== undefined) setImmediate(then);
  }

  private takeUplink(session: Session, packet: PublishPacket, nowUs: number): void {
    const place = session.place;
    if (place === undefined || !isOwnTopic(packet.topic, place)) {
      this.counts.publishes_unauthorized++;
      return;
    }
    const { topic, payload, qos } = packet;
    if (this.faults?.messageRate?.isOver(place, qos === 0 ? 0 : 1, nowUs)) {
      this.counts.publishes_over_rate++;
      return;
    }
    if (session.client.closed) return;
    if (session.hears(topic)) this.answers.deliver(session, { topic, payload, qos });
    const event = postedEvent(topic, place);
    if (event === undefined || !session.hears(replyTopic(topic))) return;
    // QoS 0: the reply itself is the confirmation of the post, and a device that misses it posts again.
    const reply = { topic: replyTopic(topic), payload: replyTo(event, payload.toString()), qos: 0 } as const;
    this.answers.reply(session, reply, nowUs);
  }

  private onConnect(
    client: Client,
    packet: ConnectPacket,
    done: (error: Error | null, ok: boolean) => void,
  ): void {
    const session = this.sessions.get(client);
    // Wills are not supported on 3.1.1: ignored, not refused.
    packet.will = undefined;
    // Closed in the meantime: nobody waits for an answer.
    if (session === undefined) return;
    session.connectUs = this.clock.nowUs();
    this.faults?.connectArrived(session.connectUs, this.cut);
    if (packet.username !== undefined) {
      this.connectRate.count(packet.username, session.connectUs);
      this.counts.connects_per_minute_max = this.connectRate.max;
    }
    if (packet.protocolVersion !== 5) {
      session.signIn = this.desk.judge(packet, session.tls);
      // The platform knows a device by its triple, so that is the name of its persistent session here, whatever its client id.
      if (session.signIn.ok) packet.clientId = session.signIn.place;
    }
    this.answers.whenConnackDue(session, () => {
      // Aedes answers MQTT 5 with code 1 by itself, after this.
      if (packet.protocolVersion === 5) countRefusal(this.counts, 1);
      done(null, true);
    });
  }

  private onAuthenticate(
    client: Client,
    done: (error: (Error & { returnCode: number }) | null, ok: boolean) => void,
  ): void {
    const session = this.sessions.get(client);
    // Closed in the meantime: nobody waits for an answer.
    if (session?.signIn === undefined || client.closed) return;
    if (session.signIn.ok) {
      this.devices.enter(session.signIn.place, session, () => {
        this.admit(session);
        this.answers.connackFollows(session);
        done(null, true);
      });
    } else {
      const { reason, returnCode } = session.signIn;
      countRefusal(this.counts, returnCode);
      done(Object.assign(new Error(reason), { returnCode }), false);
    }
  }

  /** Counts before the CONNACK is written, as with every count: whoever has the answer finds it in the books. */
  private admit(session: Session): void {
    this.counts.connects_ok++;
    this.counts.connections_open++;
    session.open = true;
    this.faults?.admitted(session);
  }

  /** The PUBACK is sent in any case: 3.1.1 has no way to say no. What is delivered follows it, unless it is to be late. */
  private onPublish(client: Client | null, packet: PublishPacket, done: Done): void {
    const nowUs = this.clock.nowUs();
    countPublish(this.counts, packet.qos);
    if (packet.qos === 2) {
      // Not supported by the platform; an error closes the connection.
      done(new Error('QoS 2 is not supported'));
      return;
    }
    const session = client === null ? undefined : this.sessions.get(client);
    if (session === undefined) {
      done();
      return;
    }
    this.takeUplink(session, packet, nowUs);
    if (packet.qos === 0) {
      done();
      return;
    }
    // To aedes it is one of QoS 0 from here on: nothing to acknowledge.
    packet.qos = 0;
    this.answers.puback(session, packet.messageId ?? 0, nowUs, done);
  }

  private onSubscribe(
    client: Client,
    subscription: Subscription,
    done: (error: Error | null, subscription?: Subscription | null) => void,
  ): void {
    const place = this.sessions.get(client)?.place;
    if (place === undefined || !isOwnTopic(subscription.topic, place)) {
      this.counts.subscribes_refused++;
      // Without a subscription aedes answers 0x80 for this filter.
      done(null, null);
      return;
    }
    this.counts.subscribes++;
    // The platform ignores a subscription's QoS, the sender's holds; the SUBACK still grants what was asked.
    subscription.qos = 1;
    done(null, subscription);
  }

  private readonly cut = (session: Session, how: 'rst' | 'fin'): void => {
    this.counts.connections_cut++;
    cutStream(session.client.conn, how);
    this.end(session);
  };

  /** Closes the client unless something else has begun to, and frees its device's place when aedes is done with it. */
  private end(session: Session): void {
    if (session.client.closed) return;
    this.countEnd(session);
    session.client.close(() => {
      if (session.place !== undefined) this.devices.ended(session.place, session);
    });
  }

  private countEnd(session: Session): void {
    if (!session.open) return;
    session.open = false;
    this.counts.connections_open--;
    this.counts.disconnects++;
    this.faults?.ended(session);
    this.answers.ended(session);
  }
}
