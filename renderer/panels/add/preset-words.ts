/** A preset as the window says it: the background service names it in English. */
import type { PresetField, PresetView } from '../../../electron/contract/presets.ts';
import { words } from '../../../electron/words/spoken.ts';

interface PresetWords {
  readonly name: string;
  readonly about: string;
  readonly fields: Readonly<Record<string, Partial<PresetField>>>;
}

type Shown = Pick<PresetView, 'name' | 'about' | 'fields'> & {
  /** Only a later version knows it: its words are in English. */
  readonly isForeign: boolean;
};

export function shownPreset({ id, name, about, fields }: PresetView): Shown {
  const known: Readonly<Record<string, PresetWords>> = words.presets;
  const own = Object.hasOwn(known, id) ? known[id] : undefined;
  if (!own) return { name, about, fields, isForeign: true };
  return {
    name: own.name,
    about: own.about,
    fields: fields.map((field) => ({ ...field, ...own.fields[field.name] })),
    isForeign: false,
  };
}
