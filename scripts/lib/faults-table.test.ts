/** docs/faults.md names tests by file and title: each must exist, and no fault may be missing. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { root } from './paths.mjs';

/** Faults of the catalogue, numbered from 1. */
const FAULTS = 54;

const page = readFileSync(path.join(root, 'docs/faults.md'), 'utf8');
const rows = page.split('\n').filter((line) => /^\| *\d+ *\|/.test(line));

/** What a row names as `file`: “title”. */
function testsIn(row: string): { file: string; title: string }[] {
  return [...row.matchAll(/`([^`]+\.ts)`: “([^”]+)”/g)].map(([, file = '', title = '']) => ({
    file,
    title,
  }));
}

/** Whether a string of the source, in whichever quotes, is the title and nothing else. */
function hasTitle(source: string, title: string): boolean {
  return ["'", '"', '`'].some((quote) => source.includes(`${quote}${title}${quote}`));
}

test('the table of faults has every fault once, in order', () => {
  const numbers = rows.map((row) => Number(/\d+/.exec(row)?.[0]));
  expect(numbers).toEqual(Array.from({ length: FAULTS }, (_, n) => n + 1));
});

test('every test that the tables of faults and of real gateways name exists', () => {
  const missing = testsIn(page).filter(({ file, title }) => {
    const place = path.join(root, file);
    return !existsSync(place) || !hasTitle(readFileSync(place, 'utf8'), title);
  });
  expect(missing).toEqual([]);
});

test('what the table of faults shows by no test is called not yet', () => {
  const unshown = rows.filter((row) => testsIn(row).length === 0);
  expect(unshown.filter((row) => !row.includes('not yet'))).toEqual([]);
});
