/** Addresses of the web in a line of text. Pure. */

export interface TextLink {
  readonly from: number;
  readonly to: number;
  readonly address: string;
}

const address = /\bhttps?:\/\/[^\s"'<>`\\^{|}\u2026]+/g;
const closing: Readonly<Record<string, string>> = { ')': '(', ']': '[' };

/** Where addresses are, without the punctuation of the sentence around them. */
export function linksIn(text: string): TextLink[] {
  if (!text.includes('://')) return [];
  return [...text.matchAll(address)].flatMap(({ 0: found, index }) => {
    const trimmed = withoutEnd(found);
    return URL.canParse(trimmed)
      ? [{ from: index, to: index + trimmed.length, address: trimmed }]
      : [];
  });
}

function withoutEnd(found: string): string {
  let text = found;
  for (;;) {
    const last = text.at(-1) ?? '';
    const opening = closing[last];
    const isLoose = opening !== undefined && count(text, opening) < count(text, last);
    if (!isLoose && !/[.,;:!?*]/.test(last)) return text;
    text = text.slice(0, -1);
  }
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}
