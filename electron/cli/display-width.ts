/** How many columns of a terminal a text takes, as terminals count: by character, in any script. Pure. */

/** Without a mark of their own: accents over letters, joiners, the vowels of Hangul. */
const widthless = /^[\p{Mn}\p{Me}\p{Cf}\u{1160}-\u{11ff}]$/u;
const wideScripts = ['Han', 'Hiragana', 'Katakana', 'Hangul', 'Bopomofo', 'Yi', 'Tangut', 'Nushu'];
const wide = new RegExp(
  `^[${wideScripts.map((script) => `\\p{Script=${script}}`).join('')}\\u{3000}-\\u{303e}\\u{ff01}-\\u{ff60}\\u{ffe0}-\\u{ffe6}]$`,
  'u',
);
/** Of wide scripts, and narrow all the same. */
const halfwidth = /^[\u{ff61}-\u{ffdc}]$/u;
/** What an emoji has in it, be it a flag or a key. */
const pictorial = /\p{Extended_Pictographic}|\p{Regional_Indicator}|\u{20e3}/u;
const ascii = /^[ -~]*$/;

const ellipsis = '…';

export function displayWidth(text: string): number {
  if (ascii.test(text)) return text.length;
  return graphemes(text).reduce((sum, one) => sum + graphemeWidth(one), 0);
}

function graphemes(text: string): string[] {
  return [...new Intl.Segmenter().segment(text)].map(({ segment }) => segment);
}

function graphemeWidth(grapheme: string): number {
  if (pictorial.test(grapheme) && isEmoji(grapheme)) return 2;
  return [...grapheme].reduce((sum, character) => sum + characterWidth(character), 0);
}

/** The expression is made when it is needed: its table takes twelve milliseconds. */
function isEmoji(grapheme: string): boolean {
  return /^\p{RGI_Emoji}$/v.test(grapheme);
}

function characterWidth(character: string): number {
  if (widthless.test(character)) return 0;
  return wide.test(character) && !halfwidth.test(character) ? 2 : 1;
}

/** `text` with blanks up to `width`. */
export function padded(text: string, width: number, side: 'left' | 'right' = 'right'): string {
  const blanks = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return side === 'right' ? text + blanks : blanks + text;
}

/** At most `width` columns of it; `…` stands for what is left out. */
export function shortened(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let [kept, used] = ['', 0];
  for (const grapheme of graphemes(text)) {
    used += graphemeWidth(grapheme);
    if (used > width - 1) break;
    kept += grapheme;
  }
  return width < 1 ? '' : `${kept.trimEnd()}${ellipsis}`;
}
