/**
 * Where MQTT.js keeps what it has sent, for a session that goes on after a reconnect. Each attempt has a client of its
 * own here, and what a session that goes on has to send again its device keeps: nothing is kept, and one store serves all clients.
 */
import { EventEmitter } from 'node:events';

export class EmptyStore {
  put(_packet: unknown, done: () => void): this {
    done();
    return this;
  }

  /** Forgets a message that has been acknowledged. */
  del(_packet: unknown, done: () => void): this {
    done();
    return this;
  }

  get(_packet: unknown, done: (error: Error) => void): this {
    done(new Error('nothing is kept'));
    return this;
  }

  close(done: () => void): void {
    done();
  }

  /** Asked for at each CONNACK: what there is to be sent again. */
  createStream(): Nothing {
    return new Nothing();
  }
}

/** As much of a Readable as the library makes use of; a real one would be a good part of what a connect costs. */
class Nothing extends EventEmitter {
  constructor() {
    super();
    process.nextTick(end, this);
  }

  read(): null {
    return null;
  }

  /** The connection has gone: the end is not to be heard any more. */
  destroy(): void {
    this.removeAllListeners();
  }
}

function end(nothing: Nothing): void {
  nothing.emit('end');
}
