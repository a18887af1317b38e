/**
 * Does a topic filter match a topic? MQTT 3.1.1, 4.7: `+` is one level, a closing `#` all the rest and the level above it.
 * A wildcard in the first place matches no topic that begins with `$` (4.7.2).
 */
export function topicMatches(filter: string, topic: string): boolean {
  if (topic.startsWith('$') && /^[#+]/.test(filter)) return false;
  const wanted = filter.split('/');
  const levels = topic.split('/');
  for (const [at, want] of wanted.entries()) {
    if (want === '#') return true;
    if (at >= levels.length || (want !== '+' && want !== levels[at])) return false;
  }
  return wanted.length === levels.length;
}

/** The filter of a shared subscription that topics are held against (MQTT 5, 4.8.2); undefined for a plain one. */
export function sharedFilter(filter: string): string | undefined {
  return /^\$share\/[^/+#]+\/(.+)$/s.exec(filter)?.[1];
}

/** Whether it is one: a wildcard is a whole level, `#` the last, and a share has a name and a filter (4.7.1, 4.8.2). */
export function isTopicFilter(filter: string): boolean {
  const plain = filter.startsWith('$share/') ? sharedFilter(filter) : filter;
  if (plain === undefined || plain === '') return false;
  const levels = plain.split('/');
  return levels.every((level, at) => {
    if (level === '#') return at === levels.length - 1;
    return level === '+' || !hasWildcard(level);
  });
}

export function hasWildcard(filter: string): boolean {
  return filter.includes('+') || filter.includes('#');
}
