/**
 * Terminal colours in log lines: SGR sequences become classes, every other control sequence is left
 * out. 16 colours plus bold, dim, italic, underline; 256-colour and RGB values are read past, and
 * the first sixteen of the 256 are the same sixteen.
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

const PLAIN: AnsiStyle = {
  color: null,
  bright: false,
  background: null,
  bold: false,
  dim: false,
  italic: false,
  underline: false,
};

const COLORS: readonly AnsiColor[] = [
  'black',
  'red',
  'green',
  'yellow',
  'blue',
  'magenta',
  'cyan',
  'white',
];

const ESC = String.fromCharCode(27);
const BEL = String.fromCharCode(7);
/** CSI sequences, OSC strings (titles, links) up to BEL or ST, and two-character escapes. */
const SEQUENCE = new RegExp(
  `${ESC}\\[([0-9;:?<=>!]*)([ -/]*[@-~])|${ESC}\\][^${BEL}${ESC}]*(?:${BEL}|${ESC}\\\\)?|${ESC}[ -/]*[0-~]?`,
  'g',
);
const range = (from: number, to = from): string =>
  `${String.fromCharCode(from)}-${String.fromCharCode(to)}`;
/** Control characters that draw nothing, and those that turn text around or hide it; tabs stay. */
const CONTROLS = new RegExp(
  `[${range(0, 8)}${range(10, 31)}${range(0x7f, 0x9f)}${range(0x061c)}${range(0x200b)}${range(0x200e, 0x200f)}${range(0x2028, 0x202e)}${range(0x2060, 0x206f)}${range(0xfeff)}]`,
  'g',
);

/** The line as it is read: without escape sequences and control characters. */
export function stripAnsi(line: string): string {
  const text = line.includes(ESC) ? line.replace(SEQUENCE, '') : line;
  return text.replace(CONTROLS, '');
}

/** The line in pieces of one style each; joined, their texts are `stripAnsi(line)`. */
export function parseAnsi(line: string): AnsiSpan[] {
  const spans: AnsiSpan[] = [];
  let style = PLAIN;
  let from = 0;
  const push = (text: string): void => {
    const clean = text.replace(CONTROLS, '');
    if (clean !== '') spans.push({ text: clean, style });
  };
  for (const match of line.matchAll(SEQUENCE)) {
    push(line.slice(from, match.index));
    from = match.index + match[0].length;
    if (match[2] === 'm') style = applySgr(style, match[1] ?? '');
  }
  push(line.slice(from));
  return spans;
}

function applySgr(start: AnsiStyle, parameters: string): AnsiStyle {
  let style = start;
  const codes = parameters.split(/[;:]/).map((code) => (code === '' ? 0 : Number(code)));
  for (let i = 0; i < codes.length; i += 1) {
    const code = codes[i] ?? 0;
    if (code === 38 || code === 48) {
      const indexed = codes[i + 1] === 5;
      const index = codes[i + 2] ?? 0;
      if (indexed && index < 16) {
        style = applyCode(style, index < 8 ? code - 8 + index : code + 52 + index - 8);
      }
      i += indexed ? 2 : 4;
      continue;
    }
    style = applyCode(style, code);
  }
  return style;
}

function applyCode(style: AnsiStyle, code: number): AnsiStyle {
  if (code === 0) return PLAIN;
  if (code === 1) return { ...style, bold: true };
  if (code === 2) return { ...style, dim: true };
  if (code === 3) return { ...style, italic: true };
  if (code === 4) return { ...style, underline: true };
  if (code === 22) return { ...style, bold: false, dim: false };
  if (code === 23) return { ...style, italic: false };
  if (code === 24) return { ...style, underline: false };
  if (code >= 30 && code <= 37)
    return { ...style, color: COLORS[code - 30] ?? null, bright: false };
  if (code === 39) return { ...style, color: null, bright: false };
  if (code >= 40 && code <= 47) return { ...style, background: COLORS[code - 40] ?? null };
  if (code === 49) return { ...style, background: null };
  if (code >= 90 && code <= 97) return { ...style, color: COLORS[code - 90] ?? null, bright: true };
  if (code >= 100 && code <= 107) return { ...style, background: COLORS[code - 100] ?? null };
  return style;
}

/** The classes of a style, or undefined for plain text. */
export function ansiClass(style: AnsiStyle): string | undefined {
  if (style === PLAIN) return undefined;
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
