/** The three names that differ least from one, the nearest first. */
export function nearest(name: string, names: readonly string[]): string[] {
  const far = new Map(names.map((other) => [other, distance(name, other)]));
  return [...far.keys()].sort((a, b) => (far.get(a) ?? 0) - (far.get(b) ?? 0)).slice(0, 3);
}

/** How many characters must be added, taken out or changed. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, char] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const [left = 0, above = 0, corner = 0] = [next[j], row[j + 1], row[j]];
      next.push(Math.min(left + 1, above + 1, corner + (char === other ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
