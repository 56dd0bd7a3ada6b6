import { afterEach, expect, test } from 'vitest';
import { until } from '../testing/processes.ts';
import { catalogues } from '../words/all.ts';
import { onSpoken, speak, words } from '../words/spoken.ts';
import { defaultSettings } from './settings-file.ts';
import { speakAsChosen } from './spoken-language.ts';

afterEach(() => speak(catalogues.en));

test('the process speaks the system’s language until the user chooses, and then the chosen one', async () => {
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
  await speakAsChosen({ get: () => settings, subscribe }, ['zh-CN', 'en']);
  expect(words.language).toBe('zh');
  let told = 0;
  onSpoken(() => (told += 1));
  choose('de');
  await until(() => words.tray.quit === 'Beenden', 'German');
  choose('system');
  await until(() => words.language === 'zh', 'Chinese');
  // What is chosen last counts, however fast.
  choose('de');
  choose('system');
  await new Promise(setImmediate);
  expect([words.language, told]).toEqual(['zh', 2]);
});
