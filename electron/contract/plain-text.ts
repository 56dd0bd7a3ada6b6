/**
 * Makes foreign text harmless to show: logs and answers of gateways may hold anything, and a terminal
 * obeys what it is sent (colours, titles, the clipboard by OSC 52, text that runs backwards).
 */

const code = (from: number, to = from): string =>
  `\\u${from.toString(16).padStart(4, '0')}-\\u${to.toString(16).padStart(4, '0')}`;

/** Colour and weight alone: nothing is lost without them. The whole sequence is text, up to its `m`. */
const colours = new RegExp(
  `(?:${String.fromCharCode(0x1b)}\\[|${String.fromCharCode(0x9b)})[0-9;:]{0,64}m`,
  'g',
);
/** C0 without tab and line feed, DEL, and the C1 controls, which some terminals obey like escapes. */
const controls = new RegExp(`[${code(0, 8)}${code(0x0b, 0x1f)}${code(0x7f, 0x9f)}]`, 'g');
/** What turns the direction of text around, hides it, or ends a line in disguise. */
const invisible = new RegExp(
  `[${code(0x061c)}${code(0x200b)}${code(0x200e, 0x200f)}${code(0x2028, 0x202e)}${code(0x2060, 0x206f)}${code(0xfeff)}]`,
  'g',
);
/** Letters that are there and can't be seen: a message to a machine inside one to a person. */
const tags = /[\u{e0000}-\u{e007f}]/gu;

/** `␛` for escape; a character without a picture becomes its number as in JSON, so that JSON stays valid. */
function shown(character: string): string {
  const at = character.charCodeAt(0);
  if (at < 0x20) return String.fromCharCode(0x2400 + at);
  return [...Array(character.length).keys()]
    .map((unit) => `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`)
    .join('');
}

/** `text` without colours, every other control and invisible character written out. Lines and tabs stay. */
export function plainText(text: string): string {
  return text
    .replace(colours, '')
    .replace(controls, shown)
    .replace(invisible, shown)
    .replace(tags, shown);
}
