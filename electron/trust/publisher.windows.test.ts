/** Which publishers a Setup program may come from: shown with Node's own program, which its makers have signed. */
import { expect, it } from 'vitest';
import { mustBePublishedBy } from './publisher.ts';
import { TrustError } from './trust-error.ts';

it('a program of one of the publishers passes; of others, and of names that only look like it, none does', () => {
  mustBePublishedBy(['Holdfast', 'OpenJS Foundation'], process.execPath);
  for (const name of ['Holdfast', 'OpenJS', 'openjs foundation', 'CN=OpenJS Foundation', '']) {
    expect(() => mustBePublishedBy([name], process.execPath), name).toThrow(TrustError);
  }
});

it('a file that is not signed is refused', () => {
  expect(() => mustBePublishedBy(['OpenJS Foundation'], import.meta.filename)).toThrow(TrustError);
});
