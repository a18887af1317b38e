/** Items in an order left to chance, by Fisher and Yates. `random` is uniform in [0, 1). */

/** So many of them, each choice and each order of it equally likely. */
export function drawn<T>(items: readonly T[], count: number, random: () => number): T[] {
  const order = [...items];
  for (let at = 0; at < Math.min(count, order.length - 1); at++) {
    const other = at + Math.floor(random() * (order.length - at));
    [order[at], order[other]] = [order[other]!, order[at]!];
  }
  return order.slice(0, count);
}

export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return drawn(items, items.length, random);
}
