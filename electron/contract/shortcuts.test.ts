import { expect, test } from 'vitest';
import { commandOf, commands, keysOf, type PressedKey, shortcuts } from './shortcuts.ts';

function pressed(key: string, more: Partial<PressedKey> = {}): PressedKey {
  const none = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };
  return { key, code: `Key${key.toUpperCase()}`, ...none, ...more };
}

test('no two commands have the same keys', () => {
  const keys = commands.map((command) => shortcuts[command].accelerator);
  expect(new Set(keys).size).toBe(keys.length);
});

test('keys are written as each system writes them', () => {
  expect(keysOf('restart', 'linux')).toBe('Ctrl+Shift+R');
  expect(keysOf('restart', 'darwin')).toBe('⇧⌘R');
});

test.each<[string, PressedKey, string, string | null]>([
  ['Ctrl+K', pressed('k', { ctrlKey: true }), 'linux', 'palette'],
  ['Command+K on a Mac', pressed('k', { metaKey: true }), 'darwin', 'palette'],
  ['Ctrl+K on a Mac, which cuts a line', pressed('k', { ctrlKey: true }), 'darwin', null],
  ['K alone', pressed('k'), 'linux', null],
  ['Ctrl+Alt+K', pressed('k', { ctrlKey: true, altKey: true }), 'linux', null],
  ['Ctrl+Shift+R', pressed('R', { ctrlKey: true, shiftKey: true }), 'linux', 'restart'],
  ['Ctrl+R, which is not Restart', pressed('r', { ctrlKey: true }), 'linux', null],
  [
    'Ctrl+K on a Russian keyboard',
    pressed('л', { code: 'KeyK', ctrlKey: true }),
    'win32',
    'palette',
  ],
  [
    'Ctrl+/ where / is behind Shift',
    pressed('/', { code: 'Digit7', ctrlKey: true, shiftKey: true }),
    'linux',
    'shortcuts',
  ],
])('%s', (_, key, platform, command) => expect(commandOf(key, platform)).toBe(command));
