import { describe, expect, it } from 'vitest';
import { KeptRoom } from '../../../../src/stand-in/sessions/outgoing.ts';
import type { SessionState } from '../../../../src/stand-in/sessions/session-state.ts';
import { expiryUsOf, SessionStates } from '../../../../src/stand-in/sessions/session-states.ts';
import { Wills } from '../../../../src/stand-in/sessions/wills.ts';
import { ManualClock } from '../../load/manual-clock.ts';

const COUNTS = { messages_stored: 0, messages_resent: 0, messages_dropped_away: 0 };

function rig() {
  const clock = new ManualClock();
  const gone: string[] = [];
  const room = new KeptRoom(1_000);
  const states = new SessionStates(clock, ({ topicPrefix }) => gone.push(topicPrefix), room);
  /** Comes, and has what it leaves kept for so long. */
  const enter = (expiryUs: number, clean = false): { state: SessionState; isPresent: boolean } => {
    const entered = states.enter('/pk/d', clean);
    entered.state.remember(expiryUs, false, COUNTS, states.room);
    return entered;
  };
  return { clock, gone, room, states, enter };
}

describe('SessionStates', () => {
  it('gives a device its session back until it expires', () => {
    const { clock, gone, states, enter } = rig();
    const { state } = enter(10e6);
    clock.advance(100e6);
    states.left(state);
    clock.advance(10e6 - 1);
    expect(enter(10e6)).toEqual({ state, isPresent: true });
    states.left(state);
    clock.advance(10e6);
    expect(gone).toEqual([]);
    const later = enter(10e6);
    expect(later.isPresent).toBe(false);
    expect(later.state).not.toBe(state);
    expect(gone).toEqual(['/pk/d']);
  });

  it('gives each device subscriptions of its own', () => {
    const { states } = rig();
    const [one, other] = ['/pk/d1', '/pk/d2'].map((prefix) => states.enter(prefix, true).state);
    other!.unsubscribe('x/+');
    one!.subscribe('x/+', { qos: 1, noLocal: false });
    const later = states.enter('/pk/d3', true).state;
    expect([one, other, later].map((state) => [state!.hears('x/y'), state!.filters.size])).toEqual([
      [true, 1],
      [false, 0],
      [false, 0],
    ]);
  });

  it('ends it with the connection where nothing is to be kept, and on a clean start', () => {
    const { gone, states, enter } = rig();
    states.left(enter(0).state);
    expect(gone).toHaveLength(1);
    states.left(enter(Number.POSITIVE_INFINITY).state);
    expect(gone).toHaveLength(1);
    expect(enter(0, true).isPresent).toBe(false);
    expect(gone).toHaveLength(2);
  });

  it('frees what has expired, and nobody who is connected', () => {
    const { clock, states, enter } = rig();
    const { state } = enter(10e6);
    clock.advance(100e6);
    states.sweep(clock.nowUs());
    expect([...states]).toEqual([state]);
    states.left(state);
    clock.advance(10e6 - 1);
    states.sweep(clock.nowUs());
    expect([...states]).toEqual([state]);
    clock.advance(1);
    states.sweep(clock.nowUs());
    expect([...states]).toEqual([]);
  });

  it('frees what a session had kept, however it ends', () => {
    const { clock, room, states, enter } = rig();
    const message = { topic: 't', payload: 'x'.repeat(600), qos: 1 } as const;
    const fill = ({ outgoing }: SessionState): boolean => outgoing!.add(message, 1, clock.nowUs());
    const ends: ((state: SessionState) => void)[] = [
      () => enter(10e6, true),
      (state) => {
        states.left(state);
        clock.advance(10e6);
        states.sweep(clock.nowUs());
      },
      (state) => {
        state.expiryUs = 0;
        states.left(state);
      },
    ];
    for (const end of ends) {
      const { state } = enter(10e6);
      expect([fill(state), fill(state)]).toEqual([true, false]);
      end(state);
      expect(room.take(1_000)).toBe(true);
      room.free(1_000);
    }
  });

  it.each([
    ['3.1.1, clean', false, true, undefined, 0],
    ['3.1.1', false, false, undefined, Number.POSITIVE_INFINITY],
    ['5, no word', true, false, undefined, 0],
    ['5, clean', true, true, 7, 7e6],
    ['5, for ever', true, false, 0xffff_ffff, Number.POSITIVE_INFINITY],
  ])('%s', (_what, isMqtt5, clean, sec, expected) => {
    expect(expiryUsOf(isMqtt5, clean, sec)).toBe(expected);
  });
});

describe('Wills', () => {
  const message = { topic: 't', payload: 'gone', qos: 0 } as const;
  const willAfter = (sec: number) => ({ message, expirySec: Number.POSITIVE_INFINITY, delayUs: sec * 1e6 });

  function published() {
    const all: string[] = [];
    return { all, wills: new Wills((topicPrefix) => all.push(topicPrefix)) };
  }

  it('are published at once, after their delay, or when the session ends, whichever is first', () => {
    const { all, wills } = published();
    wills.died('at once', willAfter(0), 50e6, 0);
    wills.died('no session', willAfter(20), 0, 0);
    wills.died('later', willAfter(20), 50e6, 0);
    wills.died('session', willAfter(20), 10e6, 0);
    expect(all).toEqual(['at once', 'no session']);
    wills.look(10e6 - 1);
    expect(all).toHaveLength(2);
    wills.look(10e6);
    expect(all.slice(2)).toEqual(['session']);
    wills.look(20e6);
    wills.look(90e6);
    expect(all.slice(3)).toEqual(['later']);
  });

  it('are dropped where the device comes back to its session in time, and published where it begins another', () => {
    const { all, wills } = published();
    wills.died('back', willAfter(20), 50e6, 0);
    wills.died('anew', willAfter(20), 50e6, 0);
    wills.returned('back', true);
    wills.returned('anew', false);
    wills.returned('never left', false);
    wills.look(90e6);
    expect(all).toEqual(['anew']);
  });
});
