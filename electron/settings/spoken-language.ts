/** Has this process speak the language that the user chose: now, and after each change. */
import { fetchWords } from '../words/fetch.ts';
import { languageFor } from '../words/language.ts';
import { speak, words } from '../words/spoken.ts';
import type { SettingsService } from './settings.ts';

/**
 * Resolves when the chosen language is spoken; rejects when its words can't be had.
 * @param system the system's languages as tags (`de-AT`), the preferred one first
 */
export async function speakAsChosen(
  settings: Pick<SettingsService, 'get' | 'subscribe'>,
  system: readonly string[],
): Promise<void> {
  const chosen = () => languageFor(settings.get().language, system);
  const take = async (): Promise<void> => {
    const next = await fetchWords[chosen()]();
    // Another may have been chosen meanwhile.
    if (next.language === chosen() && next !== words) speak(next);
  };
  // Once in the program's life they could not be had: it goes on in the language that it speaks.
  settings.subscribe(() => void take().catch(() => undefined));
  await take();
}
