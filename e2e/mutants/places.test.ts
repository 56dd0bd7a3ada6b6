/** A mutant that no longer finds its place guards nothing: said here, before the long run says it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { change } from './find.ts';
import { allMutants } from './mutants.ts';
import type { Guard } from './types.ts';

const root = join(import.meta.dirname, '../..');
/** The beginning of a title, what a table's row puts into it, and its end. */
const mostPieces = 3;

it('every mutant finds its place in the code once', () => {
  const lost = allMutants.flatMap((mutant) => {
    try {
      change(readFileSync(join(root, mutant.file), 'utf8'), mutant);
      return [];
    } catch (error) {
      return [`${mutant.name} in ${mutant.file}: ${String(error)}`];
    }
  });
  expect(lost).toEqual([]);
});

it('every mutant’s guard is a test that is there', () => {
  const lost = allMutants.filter(({ guard }) => !hasTest(guard));
  expect(lost.map(({ name, guard }) => `${name}: ${guard.file} › ${guard.name}`)).toEqual([]);
});

/** Its title stands in the file, or in as many pieces as a table puts it together from. */
function hasTest({ file, name }: Guard): boolean {
  const path = join(root, file);
  if (!existsSync(path)) return false;
  const code = readFileSync(path, 'utf8').replaceAll("\\'", "'");
  let rest = name;
  for (let pieces = 0; rest !== '' && pieces < mostPieces; pieces += 1) {
    let length = rest.length;
    while (length > 0 && !code.includes(rest.slice(0, length))) length -= 1;
    rest = rest.slice(length);
  }
  return rest === '';
}

describe('a place in the code', () => {
  const guard = {
    find: 'if (age > limit) return false;',
    replace: 'if (age > limit) return true;',
  };

  it('is found whatever its line breaks and comments are', () => {
    const code = 'if (\n  age > limit // old\n)\n  return false;\nrest();';
    expect(change(code, guard)).toBe('if (age > limit) return true;\nrest();');
  });

  it('is found under other names, which the change is given too', () => {
    expect(change('if (old > maxAge) return false;', guard)).toBe('if (old > maxAge) return true;');
  });

  it.each([
    ['another operator', 'if (age < limit) return false;'],
    ['one name for two', 'if (age > age) return false;'],
    ['another value', 'if (age > limit) return null;'],
    ['the text in a string', '"if (age > limit) return false;"'],
    ['two such places', 'if (a > b) return false; if (c > d) return false;'],
  ])('is not taken when there is %s', (_, code) => {
    expect(() => change(code, guard)).toThrow(/not once/);
  });

  it('is not taken for its brackets alone', () => {
    expect(() => change('open(the.door());', { find: 'end(its.work());', replace: '' })).toThrow();
  });

  it('is the one with the very names when others have the same shape', () => {
    const code = 'if (a > b) return false; if (age > limit) return false;';
    expect(change(code, guard)).toBe('if (a > b) return false; if (age > limit) return true;');
  });

  it('may hold templates and patterns', () => {
    const code = 'const said = `a ${{ b: `${c}` }.b} d`.replace(/[`}]/g, e / f);';
    const found = change(code, { find: '.replace(/[`}]/g, e / f)', replace: '' });
    expect(found).toBe('const said = `a ${{ b: `${c}` }.b} d`;');
  });
});
