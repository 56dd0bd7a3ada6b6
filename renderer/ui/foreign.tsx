/** Text that was written in English, whatever language the window speaks: a screen reader reads it as such. */
import type { ReactNode } from 'react';
import { words } from '../../electron/words/spoken.ts';

/** The `lang` of English text; undefined where the window speaks English itself. */
export function foreign(): 'en' | undefined {
  return words.language === 'en' ? undefined : 'en';
}

export function Foreign({ children }: { readonly children: ReactNode }) {
  const lang = foreign();
  return lang === undefined ? children : <span lang={lang}>{children}</span>;
}
