/** docs/faults.md and the titles of the tests belong together. */
import { expect, test } from 'vitest';
import { faultRows, faultTests } from './faults.mjs';

/** Faults of the catalogue, numbered from 1. */
const faultCount = 54;
/** What users found in the window, numbered from 1; two of them turned out to be none. */
const findingNumbers = Array.from({ length: 44 }, (_, n) => n + 1).filter(
  (n) => n !== 21 && n !== 37,
);

/** What they found in the command line. */
const commandLineCount = 9;

const rows = faultRows();
const shown = new Set(faultTests().map(({ id }) => id));

test('the tables of faults have every id once, in order', () => {
  const found = rows.length - faultCount - findingNumbers.length - commandLineCount;
  const numbered = (letter: string, count: number) =>
    Array.from({ length: count }, (_, n) => `${letter}${n + 1}`);
  expect(rows.map(({ id }) => id)).toEqual([
    ...numbered('F', faultCount),
    ...numbered('R', found),
    ...findingNumbers.map((n) => `U${n}`),
    ...numbered('C', commandLineCount),
  ]);
});

test('every fault is shown by a test, or called not yet', () => {
  const unshown = rows.filter(({ id, text }) => !shown.has(id) && !text.includes('not yet'));
  expect(unshown).toEqual([]);
});

test('every id in the title of a test is that of a fault', () => {
  const known = new Set(rows.map(({ id }) => id));
  expect([...shown].filter((id) => !known.has(id))).toEqual([]);
});
