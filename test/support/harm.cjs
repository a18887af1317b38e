/**
 * Loaded with node --require into every process and thread of a run, to do it the harm that HARM names from outside the product's code:
 * a thread cannot be killed by a signal, nor a machine be made slow.
 */
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
  /** The stand-in ends, by a signal that nothing can handle. */
  'stand-in-dies'() {
    if (!process.argv[1]?.endsWith('server-process.js')) return;
    process.on('message', ({ kind }) => {
      if (kind === 'start') setTimeout(() => process.kill(process.pid, 'SIGKILL'), 2500);
    });
  },
};

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
