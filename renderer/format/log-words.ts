/** The words of the Logs view. */
import type { LogLevel } from '../../electron/contract/log-level.ts';

const number = new Intl.NumberFormat('en');
const counted = (count: number, one: string, many: string): string =>
  `${number.format(count)} ${count === 1 ? one : many}`;

export const levelWords: Readonly<Record<LogLevel | 'all', string>> = {
  all: 'All levels',
  error: 'Errors only',
  warning: 'Warnings and errors',
  info: 'Info and worse',
  debug: 'All with a level',
};

export const logWords = {
  search: 'Search the whole log',
  next: 'Next match (Enter)',
  previous: 'Previous match (Shift+Enter)',
  matchCase: 'Match case',
  expression: 'Regular expression',
  onlyMatches: 'Only matches',
  level: 'Level',
  noMatches: 'No matches',
  searching: 'Searching…',
  /** `12 of 3,400` */
  ofCount: (index: number | null, count: number): string =>
    `${index === null ? '–' : number.format(index)} of ${number.format(count)}`,
  times: 'Times',
  received: (time: string): string => `Received ${time}; the line names no time`,
  timesHint: 'Show when each line was written, or received where it does not say',
  wrap: 'Wrap',
  wrapHint: 'Break long lines',
  follow: 'Follow',
  followHint: 'Stay at the newest lines',
  copy: 'Copy',
  copyHint: 'Copy the selection, or everything that is loaded here',
  clear: 'Clear',
  clearHint: 'Empty this view; the log file keeps its lines',
  save: 'Save as…',
  saveHint: 'Save all that is kept of this log, older files included',
  folder: 'Open folder',
  folderHint: 'Show the log file in its folder',
  newLines: (count: number): string =>
    count === 0 ? 'Newest lines' : counted(count, 'new line', 'new lines'),
  earlier: 'Show earlier lines',
  later: 'Show later lines',
  beginning: 'The log begins here',
  skipped: '··· lines were skipped here ···',
  notKept: 'This place is no longer in the log: older lines were dropped.',
  notInLog: 'What it printed is no longer in the log, or can’t be found there.',
  filteredNewest: (shown: number, count: number): string =>
    `The newest ${number.format(shown)} of ${number.format(count)} matching lines are shown.`,
  unfold: 'Show as a tree',
  cleared: 'This view was cleared. The log file keeps its lines.',
  showAgain: 'Show them again',
  clearedTitle: 'Cleared',
  clearedText: 'New lines appear here. The log file keeps all others.',
  copiedSelection: 'The selection was copied.',
  copiedAll: 'All lines that are loaded here were copied.',
  noClipboard: 'The clipboard is not available. Select the text and press Ctrl+C.',
  saved: (file: string): string => `The log was saved as ${file}.`,
  nothingFound: 'No line matches',
  nothingFoundText: 'New lines that match appear here.',
  failed: 'The log can’t be shown',
  tryAgain: 'Try again',
  nothingYet: 'Nothing written yet',
  printsHere: (name: string): string => `What ${name} prints appears here as it happens.`,
  waiting: 'Waiting for Holdfast’s background service',
  opening: 'Opening the log…',
  linesHint: 'Alt with the arrow keys chooses a line; Tab then leads to its links. End follows.',
  linesOf: (name: string): string => `Log lines of ${name}`,
} as const;
