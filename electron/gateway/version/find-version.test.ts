import { describe, expect, it } from 'vitest';
import { findVersion } from './find-version.ts';

describe('a version', () => {
  it.each([
    ['1.2.3', '1.2.3'],
    ['v24.11.0\n', '24.11.0'],
    ['2026.9.6', '2026.9.6'],
    ['OpenClaw 2026.2.19-2 (9325318)', '2026.2.19-2'],
    ['Hermes Agent v0.23.4rc1 (2026.9.5) · upstream 1a2b3c4', '0.23.4rc1'],
    ['hermes-agent 0.23.4.post1', '0.23.4.post1'],
    ['0.24.0.dev3', '0.24.0.dev3'],
    ['1.0.0-alpha.1+build.5', '1.0.0-alpha.1+build.5'],
    ['nginx version: nginx/1.22.1', '1.22.1'],
    ['openclaw@2026.9.6', '2026.9.6'],
    ['version:1.4.0', '1.4.0'],
    ['It is version 1.4.0.', '1.4.0'],
    ['{"version":"3.1.4"}', '3.1.4'],
    ['__version__ = "0.23.4"', '0.23.4'],
    ['\u001b[32m1.2.3\u001b[0m', '1.2.3'],
    ['Python 3.13 (main)', '3.13'],
    ['listens on 127.0.0.1:8080\nversion 1.2.0', '1.2.0'],
    ['[2026-11-29 12:00:01.123] gateway 4.5.6', '4.5.6'],
    ['2026.11.29 12:00:01 started, 4.5.6', '4.5.6'],
    ['took 0.25 s; 7.8.9', '7.8.9'],
  ])('is found in %j', (text, version) => {
    expect(findVersion(text)).toBe(version);
  });

  it.each([
    [''],
    ['no version here'],
    ['127.0.0.1'],
    ['at http://192.168.1.20:18789/'],
    ['2026-11-29T12:00:01.123Z'],
    ['2026.11.29T12:00'],
    ['12:00:01.123'],
    ['a1.2.3x'],
    ['1.2.3.4.5'],
    ['42'],
  ])('is not found in %j', (text) => {
    expect(findVersion(text)).toBeNull();
  });

  it.each([
    ['version', '{"version":"1.2.3"}', '1.2.3'],
    ['registry.latestVersion', '{"registry":{"latestVersion":"2026.9.6"}}', '2026.9.6'],
    ['/dist-tags/latest', '{"dist-tags":{"latest":"v2.0.0"}}', '2.0.0'],
    ['/a~1b/m~0n', '{"a/b":{"m~n":"1.0.0"}}', '1.0.0'],
    ['/0/name', '[{"name":"Hermes Agent v0.23.4 (2026.9.5)"}]', '0.23.4'],
    ['version', '{"version":1.5}', '1.5'],
    ['version', '{"other":"1.2.3"}', null],
    ['version', '{"version":{"major":1}}', null],
    ['__proto__.x', '{"version":"1.2.3"}', null],
    ['version', 'version 1.2.3', null],
    ['version', `${'['.repeat(5_000)}`, null],
  ])('is read at %j of %s', (field, text, version) => {
    expect(findVersion(text, field)).toBe(version);
  });

  it('is looked for in linear time', () => {
    // A pattern that goes back over the text takes minutes, longer than a test may.
    expect(findVersion(`${'1.'.repeat(30_000)}x`)).toBeNull();
    expect(findVersion(`1.2.3-${'a-'.repeat(30_000)}`)).toBeNull();
  });
});
