/** Has this process speak the language that the user chose: now, and after each change. */
import { catalogues } from '../words/all.ts';
import { languageFor } from '../words/language.ts';
import { speak } from '../words/spoken.ts';
import type { SettingsService } from './settings.ts';

/**
 * Whoever subscribes to the settings afterwards finds the new language spoken already.
 * @param system the system's languages as tags (`de-AT`), the preferred one first
 */
export function speakAsChosen(
  settings: Pick<SettingsService, 'get' | 'subscribe'>,
  system: readonly string[],
): void {
  const take = (): void => speak(catalogues[languageFor(settings.get().language, system)]);
  settings.subscribe(take);
  take();
}
