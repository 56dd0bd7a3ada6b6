import { expect, test } from 'vitest';
import { hasRaisedRights } from './raised-rights.ts';
import { isElevated } from './windows/token.ts';

test('a process with its own user’s rights is not raised', () => {
  expect(hasRaisedRights()).toBe(false);
});

test.each([
  ['everyday half of a split token', 3, false],
  ['raised half of it', 2, true],
  ['token that is not split', 1, false],
  ['token that Windows does not describe', 0, false],
])('on Windows: the %s', (_, type, raised) => {
  expect(hasRaisedRights('win32', () => isElevated(() => type))).toBe(raised);
});
