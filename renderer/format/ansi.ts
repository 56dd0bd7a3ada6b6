/**
 * Terminal colours in log lines: SGR sequences become classes and colours, every other control sequence is
 * left out. The sixteen named colours are classes, so that each theme has its own; the rest of the 256 and
 * the 24-bit colours keep their hue and are made readable.
 *
 * No library does this: anser, ansicolor and ansi-sequence-parser know colours alone and leave titles,
 * links, other sequences and control characters in the text.
 */
import { ansiSequence, stripControls } from '../../electron/contract/log-text.ts';
import { type Hex, paletteColour, readableOn, textColour, toHex } from './colours.ts';

export { stripAnsi } from '../../electron/contract/log-text.ts';

type AnsiColor = 'black' | 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan' | 'white';

export interface AnsiStyle {
  readonly color: AnsiColor | Hex | null;
  readonly bright: boolean;
  readonly background: AnsiColor | Hex | null;
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

/** With the colour that terminals usually give them, for where a program has chosen the ground. */
const colors: readonly (readonly [AnsiColor, Hex])[] = [
  ['black', '#000000'],
  ['red', '#cd3131'],
  ['green', '#0dbc79'],
  ['yellow', '#e5e510'],
  ['blue', '#2472c8'],
  ['magenta', '#bc3fbc'],
  ['cyan', '#11a8cd'],
  ['white', '#e5e5e5'],
];
const hexOf: ReadonlyMap<string, Hex> = new Map(colors);

/** The line in pieces of one style each; joined, their texts are `stripAnsi(line)`. */
export function parseAnsi(line: string): AnsiSpan[] {
  const spans: AnsiSpan[] = [];
  let style = plain;
  let from = 0;
  const push = (text: string): void => {
    const clean = stripControls(text);
    if (clean !== '') spans.push({ text: clean, style });
  };
  for (const match of line.matchAll(ansiSequence)) {
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
  ...colors.flatMap(([color], index): [number, Partial<AnsiStyle>][] => [
    [30 + index, { color, bright: false }],
    [90 + index, { color, bright: true }],
    [40 + index, { background: color }],
    [100 + index, { background: color }],
  ]),
]);

function applySgr(start: AnsiStyle, parameters: string): AnsiStyle {
  // `38:2::1:2:3` has an empty part for a colour space; its other form has none.
  const codes = parameters
    .replaceAll(/([34]8:2):\d*:(?=\d+:\d+:\d+)/g, '$1:')
    .split(/[;:]/)
    .map(Number);
  let style = start;
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] ?? 0;
    if (code === 38 || code === 48) {
      style = { ...style, ...extended(code, codes.slice(at + 1, at + 5)) };
      at += codes[at + 1] === 5 ? 2 : 4;
    } else {
      style = code === 0 ? plain : { ...style, ...changes.get(code) };
    }
  }
  return style;
}

/** What `38;5;n` and `38;2;r;g;b` change, or the same with 48. */
function extended(
  code: 38 | 48,
  [kind, first = 0, green = 0, blue = 0]: number[],
): Partial<AnsiStyle> {
  if (kind === 5 && first < 16) {
    return changes.get(first < 8 ? code - 8 + first : code + 52 + first - 8) ?? {};
  }
  if (kind !== 5 && kind !== 2) return {};
  const hex = kind === 5 ? paletteColour(Math.min(first, 255)) : toHex([first, green, blue]);
  return code === 38 ? { color: hex, bright: false } : { background: hex };
}

/** The classes of a style, or undefined for plain text. */
export function ansiClass(style: AnsiStyle): string | undefined {
  if (style === plain) return undefined;
  const { color, background } = style;
  const classes = [
    color && !isHex(color) && !isHex(background) && `ansi-${style.bright ? 'bright-' : ''}${color}`,
    background && !isHex(background) && `ansi-on-${background}`,
    style.bold && 'ansi-bold',
    style.dim && color === null && background === null && 'ansi-dim',
    style.italic && 'ansi-italic',
    style.underline && 'ansi-underline',
  ].filter((name) => typeof name === 'string');
  return classes.length > 0 ? classes.join(' ') : undefined;
}

/** The colours of a style that have no class; undefined when there are none. */
export function ansiColours(
  style: AnsiStyle,
): { color?: string; backgroundColor?: string } | undefined {
  const { color, background } = style;
  if (isHex(background)) {
    // The program has chosen the ground, so the theme's own colours may not be readable on it.
    const text = isHex(color) ? color : (hexOf.get(color ?? 'black') ?? '#000000');
    return { color: readableOn(text, background), backgroundColor: background };
  }
  return isHex(color) ? { color: textColour(color, background !== null) } : undefined;
}

function isHex(color: AnsiColor | Hex | null): color is Hex {
  return color?.startsWith('#') === true;
}
