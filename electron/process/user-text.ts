/** The text of a file that a person wrote, in whatever editor: a byte-order mark is no part of it. */

/** What the bytes say, or why they can't be read as UTF-8. */
export type UserText = { readonly text: string } | { readonly problem: string };

const utf16 = 'it is written in UTF-16; save it as UTF-8';

/** For JSON and the like: text that begins with a character of ASCII. */
export function decodeUserText(bytes: Uint8Array): UserText {
  const [first, second] = bytes;
  const marked = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  // Without a mark, every second byte of such a text is zero.
  const unmarked = bytes.length >= 2 && (first === 0) !== (second === 0);
  if (marked || unmarked) return { problem: utf16 };
  // TextDecoder takes a leading byte-order mark away.
  return { text: new TextDecoder().decode(bytes) };
}
