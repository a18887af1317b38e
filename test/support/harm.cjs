/**
 * Loaded with node --require into every process and thread of a run, to do it the harm that HARM names from outside the product's code:
 * a thread cannot be killed by a signal, nor a machine be made slow.
 */
const crypto = require('node:crypto');
const { promises } = require('node:fs');
const { syncBuiltinESMExports } = require('node:module');
const { Server } = require('node:net');
const { isMainThread, MessagePort, threadId } = require('node:worker_threads');

const HARMS = {
  /** The first worker ends at once. */
  'worker-never-ready'() {
    if (isFirstWorker()) process.exit(7);
  },
  /** The first worker ends in its third second. */
  'worker-dies'() {
    if (!isFirstWorker()) return;
    onPost((message) => {
      if (message.type === 'snapshot' && message.snapshot.second === 1)
        setTimeout(() => process.exit(7), 300);
    });
  },
  /** The first worker ends when it is told to stop. */
  'worker-dies-stopping'() {
    if (!isFirstWorker()) return;
    onPost((message, port) => {
      if (message.type !== 'ready') return;
      port.on('message', ({ type }) => {
        if (type === 'stop') process.exit(7);
      });
    });
  },
  /** The first worker hangs from its third second on. */
  'worker-hangs'() {
    if (!isFirstWorker()) return;
    onPost((message) => {
      if (message.type === 'snapshot' && message.snapshot.second === 1) setTimeout(() => wait(3600e3), 300);
    });
  },
  /** The first worker throws in its third second, where nobody catches. */
  'worker-throws'() {
    if (!isFirstWorker()) return;
    onPost((message) => {
      if (message.type !== 'snapshot' || message.snapshot.second !== 1) return;
      setTimeout(() => {
        throw new Error('thrown for a test');
      }, 300);
    });
  },
  /** The first worker has a rejection in its third second that nobody handles. */
  'worker-rejects'() {
    if (!isFirstWorker()) return;
    onPost((message) => {
      if (message.type !== 'snapshot' || message.snapshot.second !== 1) return;
      setTimeout(() => Promise.reject(new Error('rejected for a test')), 300);
    });
  },
  /** The first worker's heap grows without end from its third second on. */
  'worker-out-of-memory'() {
    if (!isFirstWorker()) return;
    const kept = [];
    onPost((message) => {
      if (message.type !== 'snapshot' || message.snapshot.second !== 1) return;
      setInterval(() => {
        for (let nth = 0; nth < 1e6; nth++) kept.push({ nth, text: `${nth}` });
      }, 1);
    });
  },
  /** The first worker hangs in its rehearsal. */
  'worker-hangs-rehearsing'() {
    if (!isFirstWorker()) return;
    onPost((message) => {
      if (message.type === 'hello') setTimeout(() => wait(3600e3), 100);
    });
  },
  /** Every worker is held up for most of the time, from the start line on. */
  'worker-stalls'() {
    if (isMainThread) return;
    onPost((message) => {
      if (message.type === 'ready') setInterval(() => wait(400), 450);
    });
  },
  /** Every worker claims a connect that it did not make. */
  'worker-lies'() {
    if (isMainThread) return;
    onPost((message) => {
      if (message.type === 'snapshot' && message.snapshot.second === 0)
        message.snapshot.counters.connects_ok++;
    });
  },
  /** Each HMAC of a worker takes 50 µs more. */
  'signing-is-slow'() {
    if (isMainThread) return;
    const { createHmac } = crypto;
    crypto.createHmac = (...args) => {
      wait(0.05);
      return createHmac(...args);
    };
    syncBuiltinESMExports();
  },
  /** A disk that takes its time over every file of the report. */
  'disk-is-slow'() {
    if (!isMainThread) return;
    const { open } = promises;
    promises.open = async (...args) => {
      const handle = await open(...args);
      const sync = handle.sync.bind(handle);
      handle.sync = async () => {
        await new Promise((resolve) => setTimeout(resolve, 300));
        return sync();
      };
      return handle;
    };
    syncBuiltinESMExports();
  },
  /** The stand-in ends, by a signal that nothing can handle. */
  'stand-in-dies'() {
    signalStandIn('SIGKILL');
  },
  /** The stand-in is frozen. */
  'stand-in-freezes'() {
    signalStandIn('SIGSTOP');
  },
};

/** In the third second after its first device came, which is none of its own rehearsal's. */
function signalStandIn(signal) {
  if (!process.argv[1]?.endsWith('server-process.js')) return;
  let listens = false;
  let struck = false;
  const { send } = process;
  process.send = function (message, ...rest) {
    listens ||= message.kind === 'listening';
    return send.call(this, message, ...rest);
  };
  const { emit } = Server.prototype;
  Server.prototype.emit = function (event, ...rest) {
    if (event === 'connection' && listens && !struck) {
      struck = true;
      setTimeout(() => process.kill(process.pid, signal), 2200);
    }
    return emit.call(this, event, ...rest);
  };
}

function isFirstWorker() {
  return !isMainThread && threadId === 1;
}

/** Before each message that a worker's end of a port posts. */
function onPost(look) {
  const { postMessage } = MessagePort.prototype;
  MessagePort.prototype.postMessage = function (message, ...rest) {
    if (typeof message === 'object' && message !== null && 'type' in message) look(message, this);
    return postMessage.call(this, message, ...rest);
  };
}

function wait(ms) {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

HARMS[process.env.HARM]();
