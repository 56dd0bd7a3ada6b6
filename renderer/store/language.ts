/** The language of this window: its words are fetched when they are chosen, and what is shown follows. */
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { fetchWords } from '../../electron/words/fetch.ts';
import { type Language, languages } from '../../electron/words/language.ts';
import { speak, words } from '../../electron/words/spoken.ts';
import type { Words } from '../../electron/words/words.ts';
import type { Holdfast } from './holdfast.ts';

function speakHere(next: Words): void {
  speak(next);
  document.documentElement.lang = next.locale;
}

/** Speaks `language` as soon as its words are here; stays with the one before when they can't be fetched. */
export async function speakLanguage(language: Language): Promise<void> {
  speakHere(await fetchWords[language]());
}

/** The language that the page's address names, as the app opens it. */
export function languageOfAddress({ hash }: Pick<Location, 'hash'>): Language {
  return languages.find((one) => hash === `#${one}`) ?? 'en';
}

/** Follows the user's choice. Returns the language that is spoken: what reads it renders anew with it. */
export function useSpokenLanguage({ mirror }: Holdfast): Language {
  const wanted = useStore(mirror, ({ snapshot }) => snapshot?.state.app.language ?? null);
  const [spoken, setSpoken] = useState(words.language);
  useEffect(() => {
    if (wanted === null) return;
    let over = false;
    fetchWords[wanted]().then(
      (next) => {
        // Another may have been chosen meanwhile.
        if (over || next === words) return;
        speakHere(next);
        setSpoken(next.language);
      },
      (error: unknown) => console.error(error),
    );
    return () => {
      over = true;
    };
  }, [wanted]);
  return spoken;
}
