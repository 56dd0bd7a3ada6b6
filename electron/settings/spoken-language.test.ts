import { afterEach, expect, test } from 'vitest';
import { catalogues } from '../words/all.ts';
import { speak, words } from '../words/spoken.ts';
import { defaultSettings } from './settings-file.ts';
import { speakAsChosen } from './spoken-language.ts';

afterEach(() => speak(catalogues.en));

test('the process speaks the system’s language until the user chooses, and the chosen one at once', () => {
  let settings = defaultSettings;
  const listeners: (() => void)[] = [];
  const choose = (language: (typeof settings)['language']): void => {
    settings = { ...settings, language };
    for (const listener of listeners) listener();
  };
  const subscribe = (listener: () => void) => {
    listeners.push(listener);
    return () => undefined;
  };
  speakAsChosen({ get: () => settings, subscribe }, ['zh-CN', 'en']);
  expect(words.language).toBe('zh');
  choose('de');
  expect(words.tray.quit).toBe('Beenden');
  choose('system');
  expect(words.language).toBe('zh');
});
