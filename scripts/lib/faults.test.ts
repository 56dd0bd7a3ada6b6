/** docs/faults.md and the titles of the tests belong together. */
import { expect, test } from 'vitest';
import { faultRows, faultTests } from './faults.mjs';

/** Faults of the catalogue, numbered from 1. */
const faultCount = 54;

const rows = faultRows();
const shown = new Set(faultTests().map(({ id }) => id));

test('the tables of faults have every id once, in order', () => {
  const found = rows.length - faultCount;
  const numbered = (letter: string, count: number) =>
    Array.from({ length: count }, (_, n) => `${letter}${n + 1}`);
  expect(rows.map(({ id }) => id)).toEqual([...numbered('F', faultCount), ...numbered('R', found)]);
});

test('every fault is shown by a test, or called not yet', () => {
  const unshown = rows.filter(({ id, text }) => !shown.has(id) && !text.includes('not yet'));
  expect(unshown).toEqual([]);
});

test('every id in the title of a test is that of a fault', () => {
  const known = new Set(rows.map(({ id }) => id));
  expect([...shown].filter((id) => !known.has(id))).toEqual([]);
});
