/**
 * Loaded with node --require into every process and thread of a run, to do it the harm that HARM names from outside the product's code:
 * a thread cannot be killed by a signal, nor a machine be made slow. Where HARM_MARK names a file, what is done is said there before it is
 * done: harm that never comes must not pass for harm survived.
 */
const crypto = require('node:crypto');
const fs = require('node:fs');
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
    const { open } = fs.promises;
    fs.promises.open = async (...args) => {
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
  // What the first worker does in mid-run: once it has told of its first second.
  'worker-throws': () => inMidRun(() => setTimeout(() => thrown(), 0)),
  'worker-rejects': () => inMidRun(() => void Promise.reject(new Error('harmed: rejected'))),
  'worker-exits': () => inMidRun(() => process.exit(7)),
  'worker-hangs': () => inMidRun(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)),
  'worker-out-of-memory': () => inMidRun(fill),
  /** From the go-ahead on the coordinator's process takes ever more memory, of which the heap's limit knows nothing. */
  grows() {
    if (!isCoordinator()) return;
    const taken = [];
    const waiting = setInterval(() => {
      if (!fs.existsSync(`${process.env.HARM_MARK}.go`)) return;
      clearInterval(waiting);
      mark();
      setInterval(() => taken.push(Buffer.alloc(16 << 20, 1)), 20);
    }, 20);
  },
  /** HARM_SIGNAL comes while the first file of the report is being written. */
  'signal-while-writing'() {
    if (!isCoordinator()) return;
    beforeReport(() => process.kill(process.pid, process.env.HARM_SIGNAL));
  },
};

/** In the third second after its first device came, which is none of its own rehearsal's. */
function signalStandIn(signal) {
  if (!process.argv[1]?.endsWith('stand-in/process/child.js')) return;
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

/** Once, just before the report's first file is opened, whichever way that is done. */
function beforeReport(harm) {
  let done = false;
  const watch = (object, name) => {
    const { [name]: original } = object;
    object[name] = function (path, ...rest) {
      if (!done && /summary\.json/.test(String(path))) {
        done = true;
        mark();
        harm();
      }
      return original.call(this, path, ...rest);
    };
  };
  for (const name of ['open', 'writeFile']) {
    watch(fs.promises, name);
    watch(fs, name);
  }
  for (const name of ['openSync', 'writeFileSync']) watch(fs, name);
  syncBuiltinESMExports();
}

/** The first worker, once it has told of its first second. */
function inMidRun(harm) {
  if (!isFirstWorker()) return;
  onPost((message) => {
    if (message.type !== 'snapshot' || message.snapshot.second !== 0) return;
    setTimeout(() => {
      mark();
      harm();
    }, 100);
  });
}

function thrown() {
  throw new Error('harmed: thrown');
}

/** Of the heap, not of buffers: that is what a thread has a limit of. */
function fill() {
  const kept = [];
  for (;;) kept.push(new Array(100_000).fill(kept.length));
}

function isCoordinator() {
  return isMainThread && process.argv[1]?.endsWith('main.js');
}

function mark() {
  fs.appendFileSync(process.env.HARM_MARK, `${process.env.HARM}\n`);
}

HARMS[process.env.HARM]();
