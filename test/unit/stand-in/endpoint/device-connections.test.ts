import { describe, expect, it } from 'vitest';
import { DeviceConnections } from '../../../../src/stand-in/endpoint/device-connections.ts';
import type { Session } from '../../../../src/stand-in/endpoint/session.ts';

/** Sessions whose end is asked for and comes later, when the test says so. */
function rig() {
  const entered: string[] = [];
  let kicks = 0;
  const connections = new DeviceConnections(
    (session) => Object.assign(session, { closed: true }),
    () => kicks++,
  );
  return {
    entered,
    kicks: () => kicks,
    enter(place: string, name: string): Session {
      const session = { closed: false } as unknown as Session;
      connections.enter(place, session, () => entered.push(name));
      return session;
    },
    ended: (place: string, session: Session) => connections.ended(place, session),
  };
}

describe('DeviceConnections', () => {
  it('lets devices in side by side', () => {
    const { enter, entered, kicks } = rig();
    enter('/pk/a', 'a');
    enter('/pk/b', 'b');
    expect(entered).toEqual(['a', 'b']);
    expect(kicks()).toBe(0);
  });

  it('closes the older connection and lets the newer in when that has ended', () => {
    const { enter, ended, entered, kicks } = rig();
    const older = enter('/pk/a', 'older');
    enter('/pk/a', 'newer');
    expect(older.closed).toBe(true);
    expect(entered).toEqual(['older']);
    ended('/pk/a', older);
    expect(entered).toEqual(['older', 'newer']);
    expect(kicks()).toBe(1);
  });

  it('lets only the newest of several in', () => {
    const { enter, ended, entered, kicks } = rig();
    const first = enter('/pk/a', 'first');
    const second = enter('/pk/a', 'second');
    enter('/pk/a', 'third');
    ended('/pk/a', second);
    ended('/pk/a', first);
    expect(entered).toEqual(['first', 'third']);
    expect(kicks()).toBe(2);
  });

  it('waits for an older connection that is ending by itself, without calling that a kick', () => {
    const { enter, ended, entered, kicks } = rig();
    const older = enter('/pk/a', 'older');
    Object.assign(older, { closed: true });
    enter('/pk/a', 'newer');
    expect(entered).toEqual(['older']);
    ended('/pk/a', older);
    expect(entered).toEqual(['older', 'newer']);
    expect(kicks()).toBe(0);
  });

  it('frees the place when the one who waited has gone', () => {
    const { enter, ended, entered } = rig();
    const older = enter('/pk/a', 'older');
    const waiting = enter('/pk/a', 'waiting');
    Object.assign(waiting, { closed: true });
    ended('/pk/a', older);
    enter('/pk/a', 'later');
    expect(entered).toEqual(['older', 'later']);
  });
});
