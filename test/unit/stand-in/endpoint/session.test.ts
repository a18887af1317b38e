import { duplexPair } from 'node:stream';
import { generate, type Packet } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { Session, type SessionOwner } from '../../../../src/stand-in/endpoint/session.ts';

/** What an endpoint is handed: the payload of each PUBLISH. */
class Heard implements SessionOwner {
  readonly payloads: string[] = [];
  /** Ends the connection with this one. */
  last = '';

  packet(session: Session, _first: number, bytes: Buffer, from: number, to: number): void {
    const payload = bytes.toString('utf8', from + 2 + bytes.readUInt16BE(from), to);
    this.payloads.push(payload);
    if (payload === this.last) this.end(session);
  }

  end(session: Session): void {
    session.closed = true;
  }
}

const publish = (payload: string): Buffer =>
  generate({ cmd: 'publish', topic: 't', payload, qos: 0, dup: false, retain: false } as Packet);

function rig() {
  const heard = new Heard();
  const session = new Session(heard, duplexPair()[0], false, 0);
  session.signIn = { ok: true, topicPrefix: '/pk/dn' };
  // As a socket does it: every chunk lies in the same bytes, which the next one is written over.
  const shared = Buffer.alloc(1 << 17);
  const read = (bytes: Buffer): void => {
    bytes.copy(shared);
    session.read(shared.subarray(0, bytes.length), 0);
    shared.fill(0xff);
  };
  return { heard, session, read };
}

describe('a session whose CONNACK is delayed', () => {
  it('hands on what came ahead of it afterwards, each packet as it came and in its order', () => {
    const { heard, session, read } = rig();
    session.wait();
    const cut = publish('three');
    read(Buffer.concat([publish('one'), publish('two'), cut.subarray(0, 4)]));
    read(cut.subarray(4));
    expect(heard.payloads).toEqual([]);
    session.goOn();
    expect(heard.payloads).toEqual(['one', 'two', 'three']);
    read(publish('four'));
    expect(heard.payloads).toEqual(['one', 'two', 'three', 'four']);
  });

  it('hands on nothing behind the packet that ends it', () => {
    const { heard, session, read } = rig();
    heard.last = 'two';
    session.wait();
    read(Buffer.concat(['one', 'two', 'three'].map(publish)));
    session.goOn();
    expect(heard.payloads).toEqual(['one', 'two']);
  });

  it('stops reading beyond what it keeps, and goes on afterwards', () => {
    const { heard, session, read } = rig();
    session.wait();
    read(publish('x'.repeat(64 * 1024)));
    expect(session.stream.isPaused()).toBe(true);
    session.goOn();
    expect(heard.payloads).toHaveLength(1);
    expect(session.stream.isPaused()).toBe(false);
  });
});

it('numbers its messages from 1 to 65535, and then from 1 again', () => {
  const { session } = rig();
  const ids = Array.from({ length: 65_536 }, () => session.nextMessageId());
  expect([ids[0], ids.at(-2), ids.at(-1)]).toEqual([1, 65_535, 1]);
});
