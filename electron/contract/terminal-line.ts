/**
 * What a terminal shows of one line that returns to its beginning: later text is written over earlier
 * text, character by character, and an erasing sequence (`ESC [ K`) removes what is there.
 */
import { ansiSequence } from './log-text.ts';

const esc = String.fromCharCode(27);
const reset = `${esc}[0m`;
const styleReset = /^(?:0*)(?:;|$)/;

interface Cell {
  readonly character: string;
  /** The colour sequences in force, as they were written. */
  readonly style: string;
}

/**
 * `line` without returns: with the text and colours that a terminal would end up with. What is appended
 * to it goes on in the colour that is in force.
 */
export function overwritten(line: string): string {
  if (!line.includes('\r')) return line;
  const screen = new Screen();
  let from = 0;
  for (const match of line.matchAll(ansiSequence)) {
    screen.write(line.slice(from, match.index));
    from = match.index + match[0].length;
    if (match[2] === 'm') screen.dress(match[0], match[1] ?? '');
    else if (match[2] === 'K') screen.erase(match[1] ?? '');
  }
  screen.write(line.slice(from));
  return screen.text();
}

/** One line of cells, and where the next character goes. One code point is one cell. */
class Screen {
  readonly #cells: Cell[] = [];
  #column = 0;
  #style = '';

  write(text: string): void {
    for (const character of text) {
      if (character === '\r') {
        this.#column = 0;
        continue;
      }
      this.#cells[this.#column] = { character, style: this.#style };
      this.#column += 1;
    }
  }

  dress(sequence: string, codes: string): void {
    this.#style = styleReset.test(codes) ? '' : this.#style;
    if (!/^0*$/.test(codes)) this.#style += sequence;
  }

  /** `0` to the end, `1` from the beginning, `2` all of it. */
  erase(what: string): void {
    if (what === '1') this.#cells.fill({ character: ' ', style: '' }, 0, this.#column);
    else if (what === '2') this.#cells.length = 0;
    else this.#cells.length = Math.min(this.#cells.length, this.#column);
  }

  text(): string {
    let style = '';
    let out = '';
    for (let column = 0; column < this.#cells.length; column += 1) {
      // Where it was erased before the column that is written next.
      const cell = this.#cells[column] ?? { character: ' ', style: '' };
      if (cell.style !== style) out += (style === '' ? '' : reset) + cell.style;
      style = cell.style;
      out += cell.character;
    }
    return style === this.#style ? out : out + (style === '' ? '' : reset) + this.#style;
  }
}
