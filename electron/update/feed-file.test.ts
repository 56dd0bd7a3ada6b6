import { describe, expect, it } from 'vitest';
import { parseFeed } from './feed-file.ts';

const base = new URL('https://updates.holdfast.example/stable/');
const goodSha512 = Buffer.alloc(64, 7).toString('base64');
const feedOf = (file: string, rest = 'version: 1.2.3'): string => `${rest}\nfiles:\n  - ${file}\n`;
const fileOf = (fields: Record<string, string>): string =>
  Object.entries({ url: 'Holdfast-x86_64.AppImage', sha512: goodSha512, size: '1000', ...fields })
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n    ');

it('what electron-builder writes is a feed', () => {
  const text = `version: 1.2.3
files:
  - url: Holdfast-x86_64.AppImage
    sha512: ${goodSha512}
    size: 123456
    blockMapSize: 789
path: Holdfast-x86_64.AppImage
sha512: ${goodSha512}
releaseNotes: |
  Better.
releaseDate: '2026-01-02T03:04:05.000Z'
`;
  expect(parseFeed(text, base)).toEqual({
    version: '1.2.3',
    files: [
      {
        name: 'Holdfast-x86_64.AppImage',
        url: new URL('https://updates.holdfast.example/stable/Holdfast-x86_64.AppImage'),
        sha512: goodSha512,
        size: 123_456,
        blockMapSize: 789,
      },
    ],
    notes: 'Better.\n',
    releaseDate: '2026-01-02T03:04:05.000Z',
    stagingPercentage: undefined,
    minimumSystemVersion: undefined,
  });
});

it('notes for several versions are put together, and cut', () => {
  const notes = `releaseNotes:\n  - version: 1.2.3\n    note: One.\n  - version: 1.2.2\n    note: null\n  - note: "${'x'.repeat(30_000)}"`;
  const feed = parseFeed(feedOf(fileOf({}), `version: 1.2.3\n${notes}`), base);
  expect(feed.notes.startsWith('One.\n\n\n\nxxx')).toBe(true);
  expect(feed.notes).toHaveLength(20_000);
});

describe('a feed is refused', () => {
  it.each([
    '.inf',
    '-.inf',
    '.nan',
    '0',
    '-1',
    '1.5',
    '1e300',
    '3000000000',
    '"1000"',
    'null',
    '~',
  ])('whose file has the size %s [R22]', (size) => {
    expect(() => parseFeed(feedOf(fileOf({ size })), base)).toThrow();
  });

  it.each([
    'x',
    '""',
    `${goodSha512}x`,
    Buffer.alloc(63).toString('base64'),
    `${goodSha512.slice(0, 85)}B==`,
  ])('whose file has the checksum %s', (sha512) => {
    expect(() => parseFeed(feedOf(fileOf({ sha512 })), base)).toThrow();
  });

  it.each([
    'https://elsewhere.example/Holdfast.AppImage',
    '//elsewhere.example/Holdfast.AppImage',
    'http://updates.holdfast.example/Holdfast.AppImage',
    'https://user:pass@updates.holdfast.example/Holdfast.AppImage',
    'https://updates.holdfast.example:444/Holdfast.AppImage',
    'file:///etc/passwd',
    'Holdfast%00.AppImage',
    'Holdfast%zz.AppImage',
    'a%2f..%2f.bashrc',
    'folder/',
    '..',
    '""',
    'a%5Cb.exe',
    'C%3Ax.exe',
    'Holdfast.AppImage#x',
  ])('whose file is at %s', (url) => {
    expect(() => parseFeed(feedOf(fileOf({ url })), base)).toThrow();
  });

  it.each([
    '1.0',
    'v1.2.3',
    '1.2.3.4',
    '01.2.3',
    '1.2.3-01',
    '1.2.3-a..b',
    'latest',
    '99999999999.0.0',
  ])('of the version %s', (version) => {
    expect(() => parseFeed(feedOf(fileOf({}), `version: "${version}"`), base)).toThrow();
  });

  it.each([
    ['an anchor', feedOf(fileOf({}), 'version: &v 1.2.3')],
    ['an anchor in itself', `a: &a [*a]\n${feedOf(fileOf({}))}`],
    ['an alias of nothing', feedOf(fileOf({}), 'version: *v')],
    ['a merge', `a: &a {version: 1.2.3}\n<<: *a\n${feedOf(fileOf({}))}`],
    ['a tag that makes something', feedOf(fileOf({ size: '!!js/function "x"' }))],
    ['binary', feedOf(fileOf({ size: '!!binary MTIz' }))],
    ['two documents', `${feedOf(fileOf({}))}---\n${feedOf(fileOf({}))}`],
    ['a name twice', `version: 1.2.2\n${feedOf(fileOf({}))}`],
    ['values without end', `x: [${'1,'.repeat(50_000)}]\n${feedOf(fileOf({}))}`],
    ['a depth without end', `x: ${'['.repeat(100_000)}\n${feedOf(fileOf({}))}`],
    ['no files', 'version: 1.2.3\nfiles: []\n'],
  ])('with %s [F42, R22]', (_name, text) => {
    const began = performance.now();
    expect(() => parseFeed(text, base)).toThrow();
    expect(performance.now() - began).toBeLessThan(30_000);
  });
});
