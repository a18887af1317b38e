import { expect, it } from 'vitest';
import { topicMatches } from '../../../src/mqtt/topic-filter.ts';

// MQTT 3.1.1, 4.7.1 and 4.7.2: its own examples first.
it.each([
  ['sport/tennis/player1/#', 'sport/tennis/player1', true],
  ['sport/tennis/player1/#', 'sport/tennis/player1/ranking', true],
  ['sport/tennis/player1/#', 'sport/tennis/player1/score/wimbledon', true],
  ['sport/#', 'sport', true],
  ['#', 'sport/tennis', true],
  ['sport/tennis/+', 'sport/tennis/player1', true],
  ['sport/tennis/+', 'sport/tennis/player1/ranking', false],
  ['sport/+', 'sport', false],
  ['sport/+', 'sport/', true],
  ['+/+', '/finance', true],
  ['/+', '/finance', true],
  ['+', '/finance', false],
  ['+/tennis/#', 'sport/tennis', true],
  ['sport/+/player1', 'sport/tennis/player1', true],
  ['sport/+/player1', 'sport/player1', false],
  // 4.7.2: a wildcard in the first place does not match a leading $.
  ['#', '$SYS/broker', false],
  ['+/monitor/Clients', '$SYS/monitor/Clients', false],
  ['$SYS/#', '$SYS/broker', true],
  ['$SYS/monitor/+', '$SYS/monitor/Clients', true],
  ['a/#', 'a/$SYS', true],
  // 4.7.3: case matters, and so does a slash at either end.
  ['accounts', 'ACCOUNTS', false],
  ['/finance', 'finance', false],
  ['finance/', 'finance', false],
  ['a/b', 'a/b/c', false],
  ['a/b/c', 'a/b', false],
  ['a/b', 'a/b', true],
  // Of the shape that topics of the platform have.
  ['/a/b', '/a/b', true],
  ['/a/b', '/a/c', false],
  ['/a/+', '/a/b', true],
  ['/a/+', '/a', false],
  ['/a/+', '/a/b/c', false],
  ['/a/+/c', '/a/b/c', true],
  ['/a/#', '/a', true],
  ['/a/#', '/a/b/c', true],
  ['/a/#', '/b', false],
  ['/a', '/a/b', false],
  ['/a/b', '/a', false],
])('%s on %s: %s', (filter, topic, matches) => {
  expect(topicMatches(filter, topic)).toBe(matches);
});
