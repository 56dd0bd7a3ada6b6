/** The words of each language as they are fetched: English is always there, the others are files of their own. */
import { en } from './en/index.ts';
import type { Language } from './language.ts';
import type { Words } from './words.ts';

export const fetchWords: Readonly<Record<Language, () => Promise<Words>>> = {
  en: async () => en,
  de: async () => (await import('./de/index.ts')).de,
  zh: async () => (await import('./zh/index.ts')).zh,
};
