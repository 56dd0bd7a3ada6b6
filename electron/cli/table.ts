/** A table for people: columns by display width, within the width of the terminal. Pure. */
import { displayWidth, padded, shortened } from './display-width.ts';

export interface Column {
  readonly head: string;
  readonly align?: 'right';
  /** Where it is too narrow, the column with the highest number is left out first; without one it stays. */
  readonly dispensable?: number;
}

export interface Cell {
  readonly text: string;
  /** How it is shown once its place is known: with colours. */
  readonly paint?: (text: string) => string;
}

/** Between columns. */
const gap = '  ';
/** Less of the last column says nothing. */
const leastLast = 16;

/** @param width of the terminal; null: unlimited, and nothing is left out */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  width: number | null,
  paintHead: (text: string) => string = (text) => text,
): string[] {
  const filled = columns
    .map((column, index) => ({ column, cells: rows.map((row) => row[index] ?? { text: '' }) }))
    .filter(({ cells }) => cells.some(({ text }) => text !== ''))
    .map((one) => ({ ...one, width: widthOf(one) }));
  const fitted = width === null ? filled : narrowed(filled, width);
  const line = (cells: readonly Cell[]): string =>
    cells
      .map((cell, index) => laid(cell, fitted[index]))
      .join(gap)
      .trimEnd();
  return [
    line(fitted.map(({ column }) => ({ text: column.head, paint: paintHead }))),
    ...rows.map((_, row) => line(fitted.map(({ cells }) => cells[row] ?? { text: '' }))),
  ];
}

interface Fitted {
  readonly column: Column;
  readonly cells: readonly Cell[];
  readonly width: number;
}

function widthOf({ column, cells }: Omit<Fitted, 'width'>): number {
  return Math.max(...[column.head, ...cells.map(({ text }) => text)].map(displayWidth));
}

function laid({ text, paint }: Cell, place: Fitted | undefined): string {
  if (!place) return '';
  const short = shortened(text, place.width);
  const side = place.column.align === 'right' ? 'left' : 'right';
  const whole = padded(short, place.width, side);
  return paint && short !== '' ? whole.replace(short, () => paint(short)) : whole;
}

/** Shortens the last column; where that is not enough, leaves out columns, then shortens the first. */
function narrowed(columns: readonly Fitted[], width: number): readonly Fitted[] {
  const over = columns.reduce((sum, one) => sum + one.width + gap.length, -gap.length) - width;
  if (over <= 0) return columns;
  const last = columns.at(-1);
  if (last && last.width - over >= Math.min(leastLast, last.width)) {
    return [...columns.slice(0, -1), { ...last, width: last.width - over }];
  }
  const [least] = columns
    .filter(({ column }) => column.dispensable !== undefined)
    .sort((a, b) => (b.column.dispensable ?? 0) - (a.column.dispensable ?? 0));
  if (least)
    return narrowed(
      columns.filter((one) => one !== least),
      width,
    );
  const [first, ...others] = columns;
  return first ? [{ ...first, width: Math.max(1, first.width - over) }, ...others] : columns;
}
