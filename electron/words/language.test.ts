import { expect, test } from 'vitest';
import { languageFor } from './language.ts';

test.each([
  ['system', ['de-AT', 'en'], 'de'],
  ['system', ['zh-Hans-CN'], 'zh'],
  ['system', ['fr-FR', 'zh_CN.UTF-8', 'de'], 'zh'],
  ['system', ['fr-FR'], 'en'],
  ['system', [], 'en'],
  ['en', ['de-DE'], 'en'],
  ['zh', ['de-DE'], 'zh'],
] as const)('the choice “%s” on a system that speaks %j is %s', (choice, system, language) =>
  expect(languageFor(choice, system)).toBe(language),
);
