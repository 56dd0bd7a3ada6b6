import { expect, test } from 'vitest';
import { linksIn } from './links.ts';

test.each([
  ['listening on http://127.0.0.1:18789', ['http://127.0.0.1:18789']],
  ['see https://example.com/a?b=c#d.', ['https://example.com/a?b=c#d']],
  [
    '(https://example.com/x_(y)), and http://b.example!',
    ['https://example.com/x_(y)', 'http://b.example'],
  ],
  ['[link](https://example.com/a)', ['https://example.com/a']],
  ['"url":"https://example.com/a","next":1', ['https://example.com/a']],
  ['ftp://example.com javascript://x file:///etc', []],
  ['http:// and https://', []],
])('the addresses in %j', (text, addresses) => {
  const links = linksIn(text);
  expect(links.map(({ address }) => address)).toEqual(addresses);
  for (const { from, to, address } of links) expect(text.slice(from, to)).toBe(address);
});
