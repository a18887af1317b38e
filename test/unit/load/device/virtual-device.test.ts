import { describe, expect, it } from 'vitest';
import {
  HEADER_BYTES,
  writeHeader,
} from '../../../../src/load/behaviour/telemetry/delivery/message-header.ts';
import { hmacHex } from '../../../../src/platform/aliyun/signing/credentials.ts';
import { HandDrivenFleet, IDLE, ledgerOf, publishOf, RUN, scenarioOf } from '../fleet.ts';

describe('connecting', () => {
  it('counts latency from the intended time, service from the real start, and the slip between', () => {
    const fleet = new HandDrivenFleet(scenarioOf());
    const { connection } = fleet.start(0, 30_000);
    fleet.clock.advance(5_000);
    connection.open();
    const { trends, counters } = fleet.recorder;
    expect(trends.connect_slip.max).toBe(30_000);
    expect(trends.connect_service.max).toBe(5_000);
    expect(trends.connect_latency.max).toBe(35_000);
    expect(trends.connect_tcp.max).toBe(5_000);
    expect(trends.connect_tls.count).toBe(0);
    expect(counters).toMatchObject({ connects_started: 1, connects_ok: 1 });
    expect(fleet.context.load).toEqual({ ...IDLE, open: 1 });
  });

  it('signs with the triple of its row', () => {
    const { connection } = new HandDrivenFleet(scenarioOf()).start(7);
    const content = 'clientIdpk.d7deviceNamed7productKeypk';
    expect(connection.credentials).toMatchObject({
      username: 'd7&pk',
      password: hmacHex('hmacsha1', 'secret7', content),
    });
  });

  it('a failure is counted, with its kind and the device’s name', () => {
    const fleet = new HandDrivenFleet(scenarioOf());
    fleet.start(3).connection.fail();
    const { counters, failures } = fleet.recorder.take();
    expect(counters).toMatchObject({ connects_failed: 1 });
    expect(failures).toEqual([
      { phase: 'tcp', kind: 'refused', code: 'ECONNREFUSED', count: 1, examples: ['d3'] },
    ]);
    expect(fleet.context.load).toEqual(IDLE);
  });

  it('expires at its deadline, counted from the real start, and not before', () => {
    const fleet = new HandDrivenFleet(scenarioOf());
    fleet.start(0, 500_000);
    fleet.run(9_999_000);
    expect(fleet.recorder.counters.connects_failed).toBe(0);
    fleet.run(1_000);
    expect(fleet.recorder.counters.connects_failed).toBe(1);
    expect(fleet.recorder.take().failures[0]).toMatchObject({ phase: 'tcp', kind: 'timeout' });
  });

  it('has no deadline once it is open', () => {
    const fleet = new HandDrivenFleet(scenarioOf());
    fleet.start().connection.open();
    fleet.run(20e6);
    expect(fleet.recorder.counters.connects_failed).toBe(0);
    expect(fleet.context.load.open).toBe(1);
  });

  it('closed while under way it is cancelled', () => {
    const fleet = new HandDrivenFleet(scenarioOf());
    const { device, connection } = fleet.start();
    device.close();
    expect(fleet.recorder.counters.connects_cancelled).toBe(1);
    expect(fleet.context.load).toEqual({ ...IDLE, closing: 1 });
    connection.end();
    expect(fleet.context.load).toEqual(IDLE);
    expect(device.over).toBe(true);
    fleet.run(20e6);
    expect(fleet.recorder.counters.connects_failed).toBe(0);
  });
});

describe('subscribing', () => {
  const scenario = scenarioOf({
    subscribe: [
      { topic: '/${productKey}/${deviceName}/get', qos: 0 },
      { topic: '/b', qos: 1 },
    ],
    publish: [publishOf({ everyUs: 100_000 })],
  });

  it('publishes only once every topic has its SUBACK', () => {
    const fleet = new HandDrivenFleet(scenario);
    const { connection } = fleet.start(2);
    connection.open();
    expect(connection.subscriptions).toEqual([
      { topic: '/pk/d2/get', qos: 0 },
      { topic: '/b', qos: 1 },
    ]);
    fleet.run(500_000);
    connection.suback(0);
    fleet.run(500_000);
    expect(connection.sent).toEqual([]);
    connection.suback(1);
    fleet.run(500_000);
    expect(connection.sent).toHaveLength(5);
    expect(fleet.recorder.trends.subscribe_suback.max).toBe(1_000_000);
  });

  it('a refused topic is a failure, and the device goes on', () => {
    const fleet = new HandDrivenFleet(scenario);
    const { connection } = fleet.start();
    connection.open();
    connection.suback(0, 128);
    fleet.run(100_000);
    expect(connection.sent).toHaveLength(1);
    expect(fleet.recorder.take().failures).toMatchObject([
      { phase: 'suback', kind: 'rejected', code: 'SUBACK 128' },
    ]);
  });

  it('a topic that the server forbids was not sent, and says by which limit', () => {
    const fleet = new HandDrivenFleet(scenario);
    const { connection } = fleet.start();
    connection.open();
    connection.suback(0, 0x100 | 0xa2);
    fleet.run(100_000);
    expect(connection.sent).toHaveLength(1);
    expect(fleet.recorder.take().failures).toMatchObject([
      { phase: 'suback', kind: 'forbidden', code: 'Wildcard Subscription Available 0' },
    ]);
  });

  it('a SUBACK that never comes is a failure, and a late one changes nothing', () => {
    const fleet = new HandDrivenFleet(scenario);
    const { connection } = fleet.start();
    connection.open();
    fleet.run(10e6);
    expect(fleet.recorder.take().failures).toMatchObject([{ phase: 'suback', kind: 'timeout', count: 1 }]);
    const { outstanding } = fleet.context.load;
    connection.suback(0, 0);
    expect(fleet.context.load.outstanding).toBe(outstanding);
    fleet.run(1e6);
    expect(connection.sent).toHaveLength(10);
  });
});

describe('publishing', () => {
  it('begins with its turn and goes on at every interval, whatever became of the messages before', () => {
    const fleet = new HandDrivenFleet(scenarioOf({ publish: [publishOf()] }));
    const { connection } = fleet.start(4);
    connection.open();
    const openedUs = fleet.clock.us;
    const firstUs = fleet.turnUs(4, 1e6, openedUs) - openedUs;
    const sentUs: number[] = [];
    for (let ms = 0; ms < 5000; ms++) {
      const before = connection.sent.length;
      fleet.run(1000);
      if (connection.sent.length > before) sentUs.push(fleet.clock.us - openedUs);
    }
    const intended = [0, 1, 2, 3, 4].map((n) => firstUs + n * 1e6);
    expect(sentUs).toEqual(intended.map((us) => Math.ceil(us / 1000) * 1000));
    expect(connection.sent.map(({ payload }) => payload)).toEqual(
      ['1', '2', '3', '4', '5'].map((id) => `{"id":"${id}"}`),
    );
    expect(connection.sent[0]!.topic).toBe('/pk/d4/post');
    expect(fleet.recorder.trends.publish_slip.max).toBeLessThan(1000);
  });

  it('after a hold-up sends all it missed, each late by its own measure', () => {
    const fleet = new HandDrivenFleet(scenarioOf({ publish: [publishOf({ everyUs: 100_000 })] }));
    const { connection } = fleet.start();
    connection.open();
    const firstUs = fleet.turnUs(0, 100_000, fleet.clock.us);
    fleet.clock.advance(1e6);
    fleet.wheel.turn();
    expect(connection.sent).toHaveLength(10);
    const { publish_slip } = fleet.recorder.trends;
    expect(publish_slip.max).toBe(fleet.clock.us - firstUs);
    expect(publish_slip.min).toBe(fleet.clock.us - firstUs - 900_000);
    // The acknowledgement, too, counts from the intended time.
    connection.ack();
    expect(fleet.recorder.trends.publish_ack.max).toBe(publish_slip.max);
  });

  it('sends nothing at or after the end of publishing', () => {
    const fleet = new HandDrivenFleet(scenarioOf({ publish: [publishOf({ everyUs: 100_000 })] }), 1e6);
    const { connection } = fleet.start();
    connection.open();
    fleet.run(5e6);
    expect(connection.sent).toHaveLength(10);
  });

  it('QoS 0 is sent and no more', () => {
    const fleet = new HandDrivenFleet(scenarioOf({ publish: [publishOf({ qos: 0 })] }));
    const { connection } = fleet.start();
    connection.open();
    fleet.run(3e6);
    expect(fleet.recorder.counters).toMatchObject({
      messages_scheduled: 3,
      messages_sent: 3,
      messages_sent_qos0: 3,
    });
    expect(fleet.context.load.outstanding).toBe(0);
  });

  it('a refused message has failed', () => {
    const fleet = new HandDrivenFleet(scenarioOf({ publish: [publishOf()] }));
    const { connection } = fleet.start();
    connection.open();
    fleet.run(1e6);
    connection.ack(0x97);
    const { counters, failures, trends } = fleet.recorder.take();
    expect(counters).toMatchObject({ messages_sent: 1, messages_failed: 1 });
    expect(trends.publish_ack).toBeUndefined();
    expect(failures).toMatchObject([{ phase: 'puback', kind: 'rejected', code: 'PUBACK 151' }]);
  });

  it('an acknowledgement of nothing is ignored', () => {
    const fleet = new HandDrivenFleet(scenarioOf());
    const { connection } = fleet.start();
    connection.open();
    connection.handler.acked(77, 0);
    expect(fleet.recorder.counters.messages_acked).toBe(0);
    expect(fleet.context.load.outstanding).toBe(0);
  });

  it('matches a reply by its id, from the intended time', () => {
    const reply = '/${productKey}/${deviceName}/post_reply';
    const fleet = new HandDrivenFleet(scenarioOf({ publish: [publishOf({ qos: 0, reply })] }));
    const { connection } = fleet.start(0);
    connection.open();
    const firstUs = fleet.turnUs(0, 1e6, fleet.clock.us);
    fleet.run(1e6);
    expect(fleet.context.load.outstanding).toBe(1);
    connection.deliver('/pk/d0/other', '{"id":"1"}');
    connection.deliver('/pk/d0/post_reply', '{"id":"1","code":200}');
    connection.deliver('/pk/d0/post_reply', '{"id":"1","code":200}');
    expect(fleet.recorder.counters).toMatchObject({ messages_received: 3, replies_received: 1 });
    expect(fleet.recorder.trends.reply_latency.max).toBe(fleet.clock.us - firstUs);
    expect(fleet.context.load.outstanding).toBe(0);
  });
});

describe('replies that do not come', () => {
  const reply = '/${productKey}/${deviceName}/post_reply';
  const plan = publishOf({ qos: 0, everyUs: 1e6, reply, replyTimeoutUs: 3e6 });

  function withThreeQuestions() {
    const fleet = new HandDrivenFleet(scenarioOf({ publish: [plan] }), 3e6);
    const started = fleet.start();
    started.connection.open();
    fleet.run(3e6);
    expect(started.connection.sent).toHaveLength(3);
    return { fleet, ...started };
  }

  it('are missing once their time is up, counted from the intended time', () => {
    const { fleet, device } = withThreeQuestions();
    const firstUs = fleet.turnUs(0, 1e6, fleet.clock.us - 3e6);
    device.tick(firstUs + 3e6 - 1);
    expect(fleet.recorder.counters.replies_missing).toBe(0);
    device.tick(firstUs + 3e6);
    expect(fleet.recorder.counters.replies_missing).toBe(1);
    expect(fleet.context.load.outstanding).toBe(2);
    device.tick(firstUs + 5e6);
    expect(fleet.context.load).toEqual({ ...IDLE, open: 1 });
    const { counters, failures } = fleet.recorder.take();
    expect(counters.replies_missing).toBe(3);
    expect(failures).toEqual([
      { phase: 'reply', kind: 'timeout', code: '', count: 3, examples: expect.arrayContaining(['d0']) },
    ]);
  });

  it('and come after all are no replies, and are not counted twice', () => {
    const { fleet, device, connection } = withThreeQuestions();
    device.tick(fleet.clock.us + 10e6);
    connection.deliver('/pk/d0/post_reply', '{"id":"2"}');
    expect(fleet.recorder.counters).toMatchObject({
      replies_missing: 3,
      replies_received: 0,
      messages_received: 1,
    });
    expect(fleet.context.load.outstanding).toBe(0);
  });

  it('are missing where the connection broke, and where the run ended', () => {
    for (const end of ['lose', 'close'] as const) {
      const { fleet, device, connection } = withThreeQuestions();
      connection.deliver('/pk/d0/post_reply', '{"id":"2"}');
      if (end === 'lose') connection.lose();
      else device.close();
      connection.end();
      expect(fleet.recorder.counters).toMatchObject({ replies_missing: 2, replies_received: 1 });
      expect(fleet.context.load).toEqual(IDLE);
    }
  });

  it('are given up when too many are open, and the levels stay right', () => {
    const publish = [{ ...plan, everyUs: 1000 }];
    const fleet = new HandDrivenFleet(scenarioOf({ publish }), 5e6);
    const { connection, device } = fleet.start();
    connection.open();
    fleet.run(5e6);
    const { messages_sent, replies_missing } = fleet.recorder.counters;
    expect(replies_missing).toBeGreaterThan(0);
    expect(fleet.context.load.outstanding).toBe(messages_sent - replies_missing);
    device.tick(fleet.clock.us + 10e6);
    expect(fleet.recorder.counters.replies_missing).toBe(messages_sent);
    expect(fleet.context.load.outstanding).toBe(0);
  });
});

describe('the ledger', () => {
  const sized = { kind: 'size', sizes: { kind: 'fixed', bytes: 64 } } as const;
  const topic = '/${productKey}/${deviceName}/up';

  function ledgerAfter(subscribed: string) {
    const publish = [publishOf(), publishOf({ topic, payload: sized, everyUs: 500_000 })];
    const fleet = new HandDrivenFleet(scenarioOf({ subscribe: [{ topic: subscribed, qos: 0 }], publish }));
    const { connection, device } = fleet.start(4);
    connection.open();
    connection.suback(0);
    fleet.run(2e6);
    const own = connection.sent.filter(({ topic }) => topic === '/pk/d4/up');
    for (const { body } of own.slice(1, 3)) connection.deliver('/pk/d4/up', body);
    const { sent, received, missing } = ledgerOf(device);
    return { fleet, sent: sent.slice(0, 4), received: received.slice(0, 3), missing };
  }

  it('says what was sent with a header, and what came of it', () => {
    const { fleet, sent, received, missing } = ledgerAfter('/pk/+/up');
    expect(sent).toEqual([4, 1, 1, 4]);
    expect(received).toEqual([4, 1, 3]);
    expect(missing).toBe(1);
    expect(fleet.recorder.trends.message_latency.count).toBe(2);
  });

  it('does not know a retained message, which is an old one', () => {
    const publish = [publishOf({ topic, payload: sized })];
    const fleet = new HandDrivenFleet(scenarioOf({ subscribe: [{ topic: '#', qos: 0 }], publish }));
    const { connection, device } = fleet.start(4);
    connection.open();
    connection.suback(0);
    const body = Buffer.alloc(HEADER_BYTES);
    for (const seq of [3, 3]) {
      writeHeader(body, {
        run: RUN,
        device: 1,
        plan: 0,
        seq,
        before: 2,
        isRegular: true,
        intendedUs: fleet.clock.us,
      });
      connection.deliver('/pk/d1/up', body, true);
    }
    const { received, missing } = ledgerOf(device);
    expect(missing).toBe(0);
    expect(received.slice(0, 3)).toEqual([4, 0, 0]);
    expect(fleet.recorder.counters).toMatchObject({ messages_received: 2, messages_duplicated: 0 });
    expect(fleet.recorder.trends.message_latency.count).toBe(0);
  });

  it('holds nothing that was sent while it was away for lost', () => {
    const publish = [publishOf({ topic, payload: sized, everyUs: 100_000 })];
    const reconnect = { policy: 'fixed', delayUs: 400_000, maxDelayUs: 400_000, perMinute: 5 } as const;
    const subscribe = [{ topic: '/pk/d3/up', qos: 0 }] as const;
    const fleet = new HandDrivenFleet(scenarioOf({ subscribe: [...subscribe], publish, reconnect }));
    const { connection, device } = fleet.start(4);
    connection.open();
    connection.suback(0);
    fleet.run(300_000);
    connection.lose();
    fleet.run(450_000);
    const second = fleet.connectionOf(device);
    second.open();
    second.suback(0);
    const body = Buffer.alloc(HEADER_BYTES);
    const header = { run: RUN, device: 3, plan: 0, before: 1e6, isRegular: true };
    for (const seq of [10, 12]) {
      writeHeader(body, { ...header, seq, intendedUs: fleet.clock.us });
      second.deliver('/pk/d3/up', body);
    }
    const { received, missing } = ledgerOf(device);
    expect(missing).toBe(1);
    expect(received.slice(0, 3)).toEqual([3, 0, 12]);
  });

  it('expects nothing of itself where it does not listen', () => {
    // Not even what is between those that arrive all the same.
    expect(ledgerAfter('/pk/other/up')).toMatchObject({ received: [], missing: 0 });
    const publish = [publishOf({ topic, payload: sized })];
    for (const [filter, expected] of [
      ['/other', []],
      ['/pk/+/up', [0, 0, 0]],
      ['#', [0, 0, 0]],
    ] as const) {
      const fleet = new HandDrivenFleet(scenarioOf({ subscribe: [{ topic: filter, qos: 0 }], publish }));
      const { connection, device } = fleet.start();
      connection.open();
      connection.suback(0);
      const { received } = ledgerOf(device);
      expect(received.slice(0, 3)).toEqual(expected);
    }
  });
});

describe('the end', () => {
  function withTwoUnacked() {
    const fleet = new HandDrivenFleet(scenarioOf({ publish: [publishOf()] }));
    const started = fleet.start();
    started.connection.open();
    fleet.run(3e6);
    started.connection.ack();
    return { fleet, ...started };
  }

  it('a lost connection fails what it has not had acknowledged, and publishes no more', () => {
    const { fleet, connection, device } = withTwoUnacked();
    connection.lose();
    fleet.run(5e6);
    const { counters, failures } = fleet.recorder.take();
    expect(counters).toMatchObject({
      disconnects: 1,
      messages_sent: 3,
      messages_acked: 1,
      messages_failed: 2,
    });
    expect(failures).toMatchObject([{ phase: 'open', kind: 'reset', code: 'ECONNRESET', examples: ['d0'] }]);
    expect(fleet.context.load).toEqual(IDLE);
    expect(device.over).toBe(true);
  });

  it('closed by us, what has not been acknowledged is unacked', () => {
    const { fleet, connection, device } = withTwoUnacked();
    device.close();
    device.close();
    expect(fleet.recorder.counters).toMatchObject({ messages_unacked: 2, disconnects: 0 });
    expect(fleet.context.load).toEqual({ ...IDLE, closing: 1 });
    fleet.run(5e6);
    connection.end();
    expect(fleet.recorder.counters.messages_sent).toBe(3);
    expect(fleet.context.load).toEqual(IDLE);
  });

  it('counts every byte once', () => {
    const { fleet, connection, device } = withTwoUnacked();
    device.tick(fleet.clock.us);
    device.tick(fleet.clock.us);
    connection.deliver('/x', 'four');
    device.close();
    connection.end();
    expect(fleet.recorder.counters).toMatchObject({ bytes_sent: 3 * '{"id":"1"}'.length, bytes_received: 4 });
  });
});
