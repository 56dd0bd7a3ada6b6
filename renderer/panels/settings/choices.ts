/** What can be chosen in the settings, in words. */
import type { PhoneKind } from '../../../electron/contract/phone.ts';
import type { Settings } from '../../../electron/contract/settings.ts';
import { languageChoices, ownNames } from '../../../electron/words/language.ts';
import { words } from '../../../electron/words/spoken.ts';
import type { Option } from '../../ui/choice.tsx';

/** Each value with what `table` says of it. */
function optionsOf<T extends string>(
  values: readonly T[],
  table: Readonly<Record<T, Omit<Option<T>, 'value'>>>,
): readonly Option<T>[] {
  return values.map((value) => ({ value, ...table[value] }));
}

export function themes(): readonly Option<Settings['theme']>[] {
  const names = words.settings.themes;
  return (['system', 'light', 'dark'] as const).map((value) => ({ value, label: names[value] }));
}

/** Each language by its own name. */
export function languageOptions(): readonly Option<Settings['language']>[] {
  return languageChoices.map((value) => ({
    value,
    ...(value === 'system'
      ? { label: words.settings.languageSystem }
      : { label: ownNames[value], lang: value }),
  }));
}

export const channelChoices = (): readonly Option<Settings['updateChannel']>[] =>
  optionsOf(['stable', 'beta'], words.settings.channelChoices);

export const installChoices = (): readonly Option<Settings['installUpdates']>[] =>
  optionsOf(['ask', 'idle', 'night', 'quit'], words.settings.installChoices);

export const confirmChoices = (): readonly Option<Settings['confirmUpdates']>[] =>
  optionsOf(['off', '5', '15', '60'], words.settings.confirmChoices);

export const downloadLimits = (): readonly Option<Settings['downloadLimit']>[] =>
  optionsOf(['off', '250', '1000', '5000'], words.settings.downloadLimits);

export const quitChoices = (): readonly Option<Settings['onQuit']>[] =>
  optionsOf(['ask', 'keep', 'stop'], words.settings.quitChoices);

export const notificationChoices = (): readonly Option<Settings['notifications']>[] =>
  optionsOf(['all', 'problems', 'none'], words.settings.notificationChoices);

export const phoneKinds = (): readonly Option<PhoneKind>[] =>
  (['ntfy', 'webhook'] as const).map((value) => ({ value, label: words.phone.kinds[value] }));

/** In this order, as the cautious choice comes first. */
export const phoneTellChoices = (): readonly Option<'all' | 'problems'>[] =>
  (['problems', 'all'] as const).map((value) => ({
    value,
    label: words.settings.notificationChoices[value].label,
  }));

/** The sizes and times that are offered. */
export const logSizes: readonly number[] = [2, 10, 50, 200];
export const graces: readonly number[] = [5_000, 10_000, 30_000, 60_000, 300_000];

export function logSizeName(megabytes: number): string {
  return words.settings.megabytes(megabytes);
}

export function graceName(ms: number): string {
  const seconds = ms / 1_000;
  return seconds < 60 || seconds % 60 !== 0
    ? words.settings.seconds(seconds)
    : words.settings.minutes(seconds / 60);
}
