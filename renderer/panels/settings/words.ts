/** The words of the settings, each setting with one line of what it does. */
import type { Settings } from '../../../electron/contract/settings.ts';
import type { Option } from '../../ui/choice.tsx';

export const settingsWords = {
  starting: 'When Holdfast starts',
  startHidden: 'Start without the window',
  startHiddenHint: 'It is one click away, in the tray. After an update the window is shown.',
  startHiddenNoTray: 'Where the desktop shows no tray, as here, the window is shown all the same.',
  gateways: 'For every gateway',
  logSize: 'Size of a log',
  logSizeHint: 'A gateway’s log begins anew at this size; two older ones are kept.',
  grace: 'Time to stop',
  graceHint: 'How long a gateway that you add from now on may take to stop before it is ended.',
  reset: 'Reset',
  resetHint: 'All settings on this page as they were at first. Your gateways stay as they are.',
  resetButton: 'Reset the settings',
  wasReset: 'The settings are as they were at first.',
  undo: 'Undo',
} as const;

export const themes: readonly Option<Settings['theme']>[] = [
  { value: 'system', label: 'System' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
];

export const channelChoices: readonly Option<Settings['updateChannel']>[] = [
  { value: 'stable', label: 'Stable versions' },
  {
    value: 'beta',
    label: 'Beta versions too',
    hint: 'New things earlier, with more faults. A stable version that is newer comes all the same.',
  },
];

export const quitChoices: readonly Option<Settings['onQuit']>[] = [
  { value: 'ask', label: 'Ask me', hint: 'Each time a gateway is running.' },
  {
    value: 'keep',
    label: 'Keep the gateways running',
    hint: 'Holdfast’s background service goes on looking after them.',
  },
  { value: 'stop', label: 'Stop the gateways', hint: 'They finish their work first.' },
];

export const notificationChoices: readonly Option<Settings['notifications']>[] = [
  {
    value: 'all',
    label: 'Problems and news',
    hint: 'News: a version that is ready, and an update that is done.',
  },
  {
    value: 'problems',
    label: 'Problems only',
    hint: 'A gateway can’t start or needs you, or an update was undone.',
  },
  { value: 'none', label: 'Nothing' },
];

/** The sizes and times that are offered. */
export const logSizes: readonly number[] = [2, 10, 50, 200];
export const graces: readonly number[] = [5_000, 10_000, 30_000, 60_000, 300_000];

export function logSizeName(megabytes: number): string {
  return `${megabytes} MB`;
}

export function graceName(ms: number): string {
  const seconds = ms / 1_000;
  return seconds < 60 || seconds % 60 !== 0 ? `${seconds} s` : `${seconds / 60} min`;
}
