/** Where the answer is shown: how wide that is, and whether it has colours (NO_COLOR, FORCE_COLOR). */
import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';
import type { Tone } from '../contract/words.ts';

type Style = Parameters<typeof styleText>[0];

export interface Terminal {
  /** Null in a pipe or a file: nothing is shortened there. */
  readonly width: number | null;
  paint(style: Style, text: string): string;
}

/** As in the window: a shape for those who see no colours. */
export const toneMark: Readonly<Record<Tone, string>> = {
  good: '●',
  busy: '◌',
  warning: '▲',
  bad: '■',
  idle: '○',
};

export const toneStyle: Readonly<Record<Tone, Style>> = {
  good: 'green',
  busy: 'cyan',
  warning: 'yellow',
  bad: 'red',
  idle: 'dim',
};

export function terminalOf(stream: WriteStream | NodeJS.WriteStream = process.stdout): Terminal {
  return {
    width: stream.isTTY === true ? stream.columns : null,
    // Node decides by the stream and by the variables NO_COLOR and FORCE_COLOR.
    paint: (style, text) => styleText(style, text, { stream, validateStream: true }),
  };
}
