import { expect, it } from 'vitest';
import { COUNTER_ROWS } from '../../../../src/model/metrics/counters.ts';
import {
  COUNTERS,
  kindOfMetric,
  METRIC_NAMES,
  METRIC_ROWS,
  RATE_TRENDS,
  TIME_TRENDS,
} from '../../../../src/model/metrics/metric-names.ts';
import { TIME_ROWS } from '../../../../src/model/metrics/trends.ts';

it('are listed in the order that reports have always had', () => {
  expect(TIME_TRENDS).toEqual(
    (
      'connect_latency connect_service connect_sign connect_auth auth_dns auth_tcp auth_tls connect_dns connect_tcp connect_tls connect_connack subscribe_suback ' +
      'publish_ack message_latency reply_latency reconnect_latency backlog_drain connect_slip publish_slip tls_full tls_resumed'
    ).split(' '),
  );
  expect(RATE_TRENDS).toEqual(
    'messages_sent_per_sec messages_acked_per_sec messages_received_per_sec connects_per_sec'.split(' '),
  );
  expect(COUNTERS).toEqual(
    (
      'connects_scheduled connects_started connects_ok connects_failed connects_dropped connects_cancelled ' +
      'connects_lost connects_retried disconnects reconnects_started reconnects_ok reconnects_failed messages_scheduled ' +
      'messages_sent messages_acked messages_failed messages_unacked messages_resent messages_received messages_backlog ' +
      'messages_lost messages_duplicated messages_reordered replies_received replies_missing bytes_sent bytes_received ' +
      'messages_sent_qos0 tls_handshakes_full tls_handshakes_resumed'
    ).split(' '),
  );
  expect(METRIC_NAMES).toEqual([...TIME_TRENDS, ...RATE_TRENDS, ...COUNTERS, 'connections_open']);
});

it('a name that is no metric has no kind, though every object has such a member', () => {
  expect(kindOfMetric('constructor')).toBeUndefined();
  expect(kindOfMetric('__proto__')).toBeUndefined();
});

it('each is said to be something, in one sentence of its own', () => {
  const helps = Object.values(METRIC_ROWS).map(({ help }) => help);
  for (const help of helps) expect(help).toMatch(/^[A-Z].*\.$/);
  expect(new Set(helps).size).toBe(METRIC_NAMES.length);
});

it('a share is of a counter that counts before it, or of itself', () => {
  for (const name of COUNTERS) {
    const { shareOf } = COUNTER_ROWS[name];
    if (shareOf !== undefined)
      expect(COUNTERS.indexOf(shareOf), name).toBeLessThanOrEqual(COUNTERS.indexOf(name));
  }
});

it('what the live view follows is what somebody waits for, each at a place of its own', () => {
  const watched = TIME_TRENDS.filter((name) => TIME_ROWS[name].watched !== undefined);
  expect(watched.every((name) => TIME_ROWS[name].group === 'end-to-end')).toBe(true);
  expect(watched.map((name) => TIME_ROWS[name].watched!.place).sort()).toEqual(
    watched.map((_, index) => index + 1),
  );
});

it('the phases of a connect have colours that can be told apart', () => {
  const colours = TIME_TRENDS.flatMap((name) => TIME_ROWS[name].phase?.colour ?? []);
  expect(new Set(colours).size).toBe(colours.length);
});
