// @vitest-environment jsdom
/** Every scene in every language: nothing of it is left in English, and no word is missing. */
import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { catalogues } from '../../electron/words/all.ts';
import type { Language } from '../../electron/words/language.ts';
import { App } from '../app.tsx';
import { createHoldfast, type Holdfast } from '../store/holdfast.ts';
import { speakLanguage } from '../store/language.ts';
import { createMockBridge } from '../test/mock-bridge.ts';
import { appState } from '../test/samples.ts';
import { prepareDocument } from '../test/window.tsx';
import { sceneHandlers } from './scene-handlers.ts';
import { type Scene, scenes } from './scenes.ts';

const now = Date.now();
const all = Object.entries(scenes(now));

let opened: Holdfast | null = null;
beforeAll(prepareDocument);
afterEach(() => {
  cleanup();
  opened?.close();
});

async function show({ state, view }: Scene, language: Language): Promise<void> {
  const start = state ?? appState(now);
  const bridge = createMockBridge(
    { ...start, app: { ...start.app, language } },
    {
      ...sceneHandlers(now, true),
      ...(state ? {} : { subscribe: () => new Promise(() => undefined) }),
    },
  );
  opened = createHoldfast(bridge);
  opened.open(view);
  render(<App holdfast={opened} />);
  await screen.findByTestId(state ? 'window' : 'loading');
}

const attributes = [
  'aria-label',
  'aria-description',
  'aria-valuetext',
  'title',
  'placeholder',
  'alt',
];

/** All that is shown or read aloud, but for what is marked as English. */
function textsOfPage(): string[] {
  const texts: string[] = [document.title];
  const walk = (node: Node): void => {
    if (node instanceof Text) texts.push(node.data);
    if (node instanceof Element) {
      if (node.getAttribute('lang') === 'en') return;
      texts.push(...attributes.flatMap((name) => node.getAttribute(name) ?? []));
    }
    for (const child of node.childNodes) walk(child);
  };
  walk(document.body);
  return texts.map((text) => text.trim()).filter((text) => text !== '');
}

/** Stands where a sentence has a value. */
const hole = '⟨⟩';

/** The words of a catalogue, by where they stand; of a sentence with values, the text around these. */
function piecesOf(catalogue: object, path = ''): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [key, value] of Object.entries(catalogue)) {
    const at = `${path}${key}`;
    if (typeof value === 'string') found.set(at, [value]);
    else if (typeof value === 'function') found.set(at, piecesOfSentence(value));
    else for (const [inner, text] of piecesOf(value, `${at}.`)) found.set(inner, text);
  }
  return found;
}

function piecesOfSentence(sentence: (...values: unknown[]) => unknown): string[] {
  for (const value of [hole, 7, [hole]]) {
    try {
      const text = sentence(...Array.from({ length: sentence.length }, () => value));
      if (typeof text === 'string') return text.split(/⟨⟩|NaN|7/);
    } catch {
      // It takes another kind of value.
    }
  }
  return [];
}

/** What is recognised anywhere in a text: shorter pieces may be part of a name. */
function isTelling(piece: string): boolean {
  return /\p{L}{2,} \p{L}{2,}/u.test(piece) && piece.trim().length >= 10;
}

function englishOnly(language: Language): { whole: Set<string>; within: string[] } {
  const other = [...piecesOf(catalogues[language]).values()].flat();
  const english = [...piecesOf(catalogues.en).values()]
    .flat()
    .map((piece) => piece.trim())
    .filter((piece) => /\p{L}{2}/u.test(piece) && !other.some((one) => one.trim() === piece));
  return { whole: new Set(english), within: english.filter(isTelling) };
}

test.each(['de', 'zh'] as const)(
  'every scene is in %s, and in nothing else',
  async (language) => {
    await speakLanguage(language);
    const { whole, within } = englishOnly(language);
    const wrong: string[] = [];
    for (const [name, scene] of all) {
      await show(scene, language);
      for (const text of textsOfPage()) {
        const isEnglish = whole.has(text) || within.some((piece) => text.includes(piece));
        const isBroken = /undefined|\[object|\bNaN\b|⟨⟩/.test(text);
        if (isEnglish || isBroken) wrong.push(`${name}: ${text}`);
      }
      cleanup();
      opened?.close();
    }
    expect([...new Set(wrong)]).toEqual([]);
  },
  240_000,
);
