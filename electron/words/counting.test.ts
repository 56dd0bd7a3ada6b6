import { expect, test } from 'vitest';
import { catalogues } from './all.ts';
import { counting } from './counting.ts';

const { en, de, zh } = catalogues;

test.each([
  ['en-GB', ['1 file', '2 files', '0 files']],
  ['de', ['1 file', '2 files', '0 files']],
  ['zh-CN', ['1 files', '2 files', '0 files']],
])('%s picks the form of a word by its number', (locale, expected) => {
  const { plural } = counting(locale);
  const said = [1, 2, 0].map((n) => `${n} ${plural(n, { one: 'file', other: 'files' })}`);
  expect(said).toEqual(expected);
});

test('a language with more forms than ours gets each of them', () => {
  const { plural } = counting('pl');
  const forms = { one: 'plik', few: 'pliki', many: 'plików', other: 'pliku' };
  expect([1, 3, 5].map((n) => plural(n, forms))).toEqual(['plik', 'pliki', 'plików']);
});

test.each([
  [0, 'no restarts', 'kein Neustart', '没有重启'],
  [1, '1 restart', '1 Neustart', '重启 1 次'],
  [1_234, '1,234 restarts', '1.234 Neustarts', '重启 1,234 次'],
])('%d restarts are said as people say it', (count, english, german, chinese) => {
  expect(en.summaries.all('9 %', null, count)).toContain(`, ${english}.`);
  expect(de.summaries.all('9 %', null, count)).toContain(`, ${german}.`);
  expect(zh.summaries.all('9%', null, count)).toContain(`，${chinese}。`);
});

test('lengths of time, numbers and lists are written as in the language', () => {
  const ms = 2 * 60_000 + 5_000;
  expect([en, de, zh].map((one) => one.duration(ms))).toEqual([
    '2m 5s',
    '2 Min., 5 Sek.',
    '2分钟5秒',
  ]);
  expect([en, de, zh].map((one) => one.number(1_234.56))).toEqual([
    '1,234.6',
    '1.234,6',
    '1,234.6',
  ]);
  expect([en, de, zh].map((one) => one.list(['A', 'B', 'C']))).toEqual([
    'A, B and C',
    'A, B und C',
    'A、B和C',
  ]);
});
