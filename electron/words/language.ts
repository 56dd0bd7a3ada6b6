/** Which languages there are, and which one is spoken. Pure. */

export const languages = ['en', 'de', 'zh'] as const;
export type Language = (typeof languages)[number];

/** What the user chooses in the settings. */
export const languageChoices = ['system', ...languages] as const;
export type LanguageChoice = (typeof languageChoices)[number];

/** What each language calls itself: whoever looks for theirs may read no other. */
export const ownNames: Readonly<Record<Language, string>> = {
  en: 'English',
  de: 'Deutsch',
  zh: '简体中文',
};

/**
 * The language of a choice; English where the system speaks none that is here.
 * @param system the system's languages as tags (`de-AT`), the preferred one first
 */
export function languageFor(choice: LanguageChoice, system: readonly string[]): Language {
  if (choice !== 'system') return choice;
  for (const tag of system) {
    const found = languages.find((one) => one === tag.toLowerCase().split(/[-_.]/)[0]);
    if (found) return found;
  }
  return 'en';
}
