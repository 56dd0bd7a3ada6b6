import { expect, test } from 'vitest';
import { isNewer, isNewerRelease, isRelease, isVersion } from './version.ts';

const ascending = [
  '0.9.0',
  '1.0.0-1',
  '1.0.0-2',
  '1.0.0-10',
  '1.0.0-a',
  '1.0.0-a.1',
  '1.0.0-a.b',
].concat(['1.0.0-rc.1', '1.0.0-rc.1.1', '1.0.0', '1.0.1', '1.2.0', '1.10.0', '2.0.0', '10.0.0']);

test('versions are ordered by semantic versioning', () => {
  for (const [at, a] of ascending.entries()) {
    for (const [other, b] of ascending.entries()) {
      expect([a, b, isNewer(a, b)]).toEqual([a, b, at > other]);
    }
  }
  expect(isNewer('1.0.0+b', '1.0.0+a')).toBe(false);
});

test.each([
  '',
  '1.0',
  'v1.0.0',
  '01.0.0',
  '1.0.0-',
  ' 1.0.0',
  '1.0.0-01',
  `1.0.0-${'a'.repeat(128)}`,
])('%j is no version, and never newer', (text) => {
  expect(isVersion(text)).toBe(false);
  expect(isNewer(text, '0.1.0')).toBe(false);
  expect(isNewer('0.1.0', text)).toBe(false);
});

const releases = [
  '0.23.4.dev1',
  '0.23.4a1',
  '0.23.4-beta.2',
  '0.23.4rc1',
  '0.23.4rc10',
  '0.23.4',
  '0.23.4.post1',
  '0.24',
  '1.0.0-1',
  '1.0.0',
  '1.2',
].concat(['1.2.1', '2026.2.19-alpha.1', '2026.2.19', '2026.2.19-2', '2026.02.20', '2026.9.6']);

test('versions of gateways are ordered, whatever form they have', () => {
  for (const [at, a] of releases.entries()) {
    for (const [other, b] of releases.entries()) {
      expect([a, b, isNewerRelease(a, b)]).toEqual([a, b, at > other]);
    }
  }
  expect(isNewerRelease('v1.2.0', '1.2')).toBe(false);
  expect(isNewerRelease('1.2.3+b', 'v1.2.3+a')).toBe(false);
  expect(isNewerRelease('1.2.1', 'v1.2')).toBe(true);
});

test.each(['', 'latest', '1', '1.2.3.4.5', '1.2.x', `1.2.3-${'a'.repeat(128)}`])(
  '%j is no version of a gateway, and never newer',
  (text) => {
    expect(isRelease(text)).toBe(false);
    expect(isNewerRelease(text, '0.1.0')).toBe(false);
    expect(isNewerRelease('0.1.0', text)).toBe(false);
  },
);
