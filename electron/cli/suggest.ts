/** Which of the known words was meant by one that is not known. Pure. */

/** Of a longer word, one letter in three may be wrong. */
const lettersForOneMistake = 3;

/** The nearest of `known`; null when none is near. */
export function nearest(word: string, known: readonly string[]): string | null {
  const wanted = folded(word);
  const limit = Math.max(1, Math.floor(wanted.length / lettersForOneMistake));
  const [best] = known
    .map((one) => ({ one, distance: distanceBetween(wanted, folded(one)) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance);
  return best?.one ?? null;
}

/** As words are compared: in any case, however their accents are written. */
export function folded(word: string): string {
  return word.normalize('NFC').toLowerCase();
}

/** How many letters differ; two that changed places count as one (Damerau, Levenshtein). */
function distanceBetween(one: string, other: string): number {
  const [a, b] = [[...one], [...other]];
  let before: number[] = [];
  let last = [...Array(b.length + 1).keys()];
  for (const [i, letter] of a.entries()) {
    const row = [i + 1];
    for (const [j, against] of b.entries()) {
      const same = letter === against;
      const swapped = i > 0 && j > 0 && letter === b[j - 1] && a[i - 1] === against;
      row.push(
        Math.min(
          (row[j] ?? 0) + 1,
          (last[j + 1] ?? 0) + 1,
          (last[j] ?? 0) + (same ? 0 : 1),
          swapped ? (before[j - 1] ?? 0) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    before = last;
    last = row;
  }
  return last.at(-1) ?? 0;
}
