import { expect, test } from 'vitest';
import { catalogues } from './all.ts';

/** Names and signs that every language writes alike. */
const alike: ReadonlySet<string> = new Set([
  'presets.llama-server.name',
  'phone.kinds.ntfy',
  'phone.kinds.webhook',
]);

/** The words of a catalogue that have no values, by where they stand. */
function leavesOf(catalogue: object, path = ''): [string, string][] {
  return Object.entries(catalogue).flatMap(([key, value]) => {
    const at = `${path}${key}`;
    if (typeof value === 'string') return [[at, value] as [string, string]];
    return typeof value === 'object' ? leavesOf(value, `${at}.`) : [];
  });
}

const english = new Map(leavesOf(catalogues.en));

test('no word of the Chinese catalogue is still English', () => {
  const same = leavesOf(catalogues.zh).filter(([at, text]) => english.get(at) === text);
  expect(same.map(([at]) => at).filter((at) => !alike.has(at))).toEqual([]);
});

test('no sentence of the German catalogue is still English', () => {
  const same = leavesOf(catalogues.de).filter(
    ([at, text]) => english.get(at) === text && text.split(' ').length > 2,
  );
  expect(same).toEqual([]);
});

test.each(['de', 'zh'] as const)('no word of %s is empty', (language) => {
  expect(leavesOf(catalogues[language]).filter(([, text]) => text.trim() === '')).toEqual([]);
});

test('German speaks of nobody as “Sie” or “du”, and keeps the ellipsis apart', () => {
  const all = leavesOf(catalogues.de).filter(([at]) => !at.startsWith('steps.'));
  expect(all.filter(([, text]) => /\b(?:Ihnen|Ihre[mnrs]?|du|dich|dein\w*)\b/.test(text))).toEqual(
    [],
  );
  expect(all.filter(([, text]) => /\p{L}…/u.test(text))).toEqual([]);
});
