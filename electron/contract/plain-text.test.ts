import { describe, expect, test } from 'vitest';
import { plainText } from './plain-text.ts';

describe('text of others on a terminal', () => {
  test.each([
    ['\u001b[1;31mred\u001b[0m', 'red'],
    ['\u009b32mgreen', 'green'],
    ['\u001b]52;c;aGk=\u0007x', '␛]52;c;aGk=␇x'],
    ['\u001b[2J\u001b[H', '␛[2J␛[H'],
    ['\u001b[31', '␛[31'],
    ['\u009d0;title\u009c', '\\u009d0;title\\u009c'],
    ['a\rb\bc\0\u007f', 'a␍b␈c␀\\u007f'],
    ['\u202eevil\u202c\u2066x\u2069\u200b', '\\u202eevil\\u202c\\u2066x\\u2069\\u200b'],
    ['a\u{e0041}', 'a\\udb40\\udc41'],
  ])('%j is shown as %j', (text, shown) => expect(plainText(text)).toBe(shown));

  test.each(['one\ttab\nand lines', '方舟 é 👩‍👧 می‌خواهم', '\ufe0f'])('%j stays', (text) =>
    expect(plainText(text)).toBe(text),
  );

  test('JSON stays JSON, with the same content', () => {
    const all = Array.from({ length: 0x3000 }, (_, at) => String.fromCharCode(at)).join('');
    const value = { all: `${all.replaceAll('\u009b', '')}\u{e0041}方` };
    const text = plainText(JSON.stringify(value));
    expect(JSON.parse(text)).toEqual(value);
    expect(text).not.toContain('\u202e');
  });
});
