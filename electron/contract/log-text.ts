/** The text of a log line as it is read: what of a terminal's language draws nothing is left out. */

const esc = String.fromCharCode(27);
const bel = String.fromCharCode(7);

/** CSI sequences, OSC strings (titles, links) up to bel or ST, and two-character escapes. */
export const ansiSequence = new RegExp(
  `${esc}\\[([0-9;:?<=>!]*)([ -/]*[@-~])|${esc}\\][^${bel}${esc}]*(?:${bel}|${esc}\\\\)?|${esc}[ -/]*[0-~]?`,
  'g',
);

const range = (from: number, to = from): string =>
  `${String.fromCharCode(from)}-${String.fromCharCode(to)}`;
/** Control characters that draw nothing, and those that turn text around or hide it; tabs stay. */
const controls = new RegExp(
  `[${range(0, 8)}${range(10, 31)}${range(0x7f, 0x9f)}${range(0x061c)}${range(0x200b)}${range(0x200e, 0x200f)}${range(0x2028, 0x202e)}${range(0x2060, 0x206f)}${range(0xfeff)}]`,
  'g',
);

/** The line without escape sequences and control characters: what is shown, searched and copied. */
export function stripAnsi(line: string): string {
  return stripControls(line.includes(esc) ? line.replace(ansiSequence, '') : line);
}

export function stripControls(text: string): string {
  return text.replace(controls, '');
}
