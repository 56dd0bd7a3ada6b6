/** Finds what was meant: names in any script, typed in part, out of order or with letters left out. Pure. */

/** As letters are compared: without case, accents and width. */
function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLocaleLowerCase();
}

const atWord = 3;
const inside = 2;
const scattered = 1;

/**
 * How well `text` matches what was typed; null when it does not. Every word of `query` has to be found:
 * at the beginning of a word, inside of one, or as letters that follow each other from a word's beginning.
 */
export function matchScore(query: string, text: string): number | null {
  const folded = fold(text);
  let score = 0;
  for (const term of fold(query).split(/\s+/).filter(Boolean)) {
    const found = termScore(term, folded);
    if (found === null) return null;
    score += found;
  }
  // Of two that match alike the shorter one is meant.
  return score - folded.length / 1_000;
}

function termScore(term: string, text: string): number | null {
  const at = text.indexOf(term);
  if (at >= 0) return isWordStart(text, at) || hasWordStart(text, term) ? atWord : inside;
  return isScattered([...term], text) ? scattered : null;
}

function isWordStart(text: string, at: number): boolean {
  return at === 0 || !/[\p{L}\p{N}]$/u.test(text.slice(0, at));
}

function hasWordStart(text: string, term: string): boolean {
  for (let at = text.indexOf(term); at >= 0; at = text.indexOf(term, at + 1)) {
    if (isWordStart(text, at)) return true;
  }
  return false;
}

/** `hrms` in `hermes`, from the beginning of any word on. */
function isScattered(letters: readonly string[], text: string): boolean {
  const [first = ''] = letters;
  for (let at = text.indexOf(first); at >= 0; at = text.indexOf(first, at + 1)) {
    if (isWordStart(text, at) && follow(letters, text, at)) return true;
  }
  return false;
}

function follow(letters: readonly string[], text: string, from: number): boolean {
  let at = from;
  for (const letter of letters) {
    const found = text.indexOf(letter, at);
    if (found < 0) return false;
    at = found + letter.length;
  }
  return true;
}
