/**
 * Terminal colours in log lines: SGR sequences become classes, every other control sequence is left
 * out. 16 colours plus bold, dim, italic, underline; 256-colour and RGB values are skipped, and
 * the first sixteen of the 256 are the same sixteen.
 *
 * No library does this: anser, ansicolor and ansi-sequence-parser know colours alone and leave titles,
 * links, other sequences and control characters in the text.
 */

type AnsiColor = 'black' | 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan' | 'white';

export interface AnsiStyle {
  readonly color: AnsiColor | null;
  readonly bright: boolean;
  readonly background: AnsiColor | null;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly italic: boolean;
  readonly underline: boolean;
}

export interface AnsiSpan {
  readonly text: string;
  readonly style: AnsiStyle;
}

const plain: AnsiStyle = {
  color: null,
  bright: false,
  background: null,
  bold: false,
  dim: false,
  italic: false,
  underline: false,
};

const colors: readonly AnsiColor[] = [
  'black',
  'red',
  'green',
  'yellow',
  'blue',
  'magenta',
  'cyan',
  'white',
];

const esc = String.fromCharCode(27);
const bel = String.fromCharCode(7);
/** CSI sequences, OSC strings (titles, links) up to bel or ST, and two-character escapes. */
const sequence = new RegExp(
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

/** The line as it is read: without escape sequences and control characters. */
export function stripAnsi(line: string): string {
  const text = line.includes(esc) ? line.replace(sequence, '') : line;
  return text.replace(controls, '');
}

/** The line in pieces of one style each; joined, their texts are `stripAnsi(line)`. */
export function parseAnsi(line: string): AnsiSpan[] {
  const spans: AnsiSpan[] = [];
  let style = plain;
  let from = 0;
  const push = (text: string): void => {
    const clean = text.replace(controls, '');
    if (clean !== '') spans.push({ text: clean, style });
  };
  for (const match of line.matchAll(sequence)) {
    push(line.slice(from, match.index));
    from = match.index + match[0].length;
    if (match[2] === 'm') style = applySgr(style, match[1] ?? '');
  }
  push(line.slice(from));
  return spans;
}

/** What each code of an SGR sequence changes. */
const changes: ReadonlyMap<number, Partial<AnsiStyle>> = new Map([
  [1, { bold: true }],
  [2, { dim: true }],
  [3, { italic: true }],
  [4, { underline: true }],
  [22, { bold: false, dim: false }],
  [23, { italic: false }],
  [24, { underline: false }],
  [39, { color: null, bright: false }],
  [49, { background: null }],
  ...colors.flatMap((color, index): [number, Partial<AnsiStyle>][] => [
    [30 + index, { color, bright: false }],
    [90 + index, { color, bright: true }],
    [40 + index, { background: color }],
    [100 + index, { background: color }],
  ]),
]);

function applySgr(start: AnsiStyle, parameters: string): AnsiStyle {
  const codes = parameters.split(/[;:]/).map(Number);
  let style = start;
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] ?? 0;
    if (code === 38 || code === 48) {
      style = applyCode(style, paletteCode(code, codes[at + 1], codes[at + 2]));
      at += codes[at + 1] === 5 ? 2 : 4;
    } else {
      style = applyCode(style, code);
    }
  }
  return style;
}

/** The code for the same colour among the sixteen; undefined for any other of the 256, and for RGB. */
function paletteCode(code: 38 | 48, kind: number | undefined, index = 0): number | undefined {
  if (kind !== 5 || index >= 16) return undefined;
  return index < 8 ? code - 8 + index : code + 52 + index - 8;
}

function applyCode(style: AnsiStyle, code: number | undefined): AnsiStyle {
  if (code === 0) return plain;
  const change = code === undefined ? undefined : changes.get(code);
  return change ? { ...style, ...change } : style;
}

/** The classes of a style, or undefined for plain text. */
export function ansiClass(style: AnsiStyle): string | undefined {
  if (style === plain) return undefined;
  const classes = [
    style.color && `ansi-${style.bright ? 'bright-' : ''}${style.color}`,
    style.background && `ansi-on-${style.background}`,
    style.bold && 'ansi-bold',
    style.dim && 'ansi-dim',
    style.italic && 'ansi-italic',
    style.underline && 'ansi-underline',
  ].filter((name) => typeof name === 'string');
  return classes.length > 0 ? classes.join(' ') : undefined;
}
