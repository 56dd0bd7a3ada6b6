/** Every language at once, for tests; what is shipped fetches the one that is spoken. */
import { de } from './de/index.ts';
import { en } from './en/index.ts';
import type { Language } from './language.ts';
import type { Words } from './words.ts';
import { zh } from './zh/index.ts';

export const catalogues: Readonly<Record<Language, Words>> = { en, de, zh };
