/**
 * Loaded with node --require into every process and thread of a run, to do it the harm that HARM names from outside the product's code.
 * What it has done it says in the file HARM_MARK, before it does it: harm that never comes must not pass for harm survived.
 */
const fs = require('node:fs');
const { syncBuiltinESMExports } = require('node:module');
const { isMainThread, MessagePort, threadId } = require('node:worker_threads');

const HARMS = {
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
  if (isMainThread || threadId !== 1) return;
  const { postMessage } = MessagePort.prototype;
  MessagePort.prototype.postMessage = function (message, ...rest) {
    if (message?.type === 'snapshot' && message.snapshot.second === 0) {
      setTimeout(() => {
        mark();
        harm();
      }, 100);
    }
    return postMessage.call(this, message, ...rest);
  };
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
