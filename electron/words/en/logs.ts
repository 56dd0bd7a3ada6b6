/** The view of a gateway's log. */
import { counts } from './counting.ts';

export const levels = {
  all: 'All levels',
  error: 'Errors only',
  warning: 'Warnings and errors',
  info: 'Info and worse',
  debug: 'All with a level',
};

export const logs = {
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
    `${index === null ? '–' : counts.number(index)} of ${counts.number(count)}`,
  times: 'Times',
  received: (time: string): string => `Received ${time}; the line names no time`,
  timesHint: 'Show when each line was written, or received where it does not say',
  wrap: 'Wrap',
  wrapHint: 'Break long lines',
  follow: 'Follow',
  followHint: 'Stay at the newest lines',
  copyHint: 'Copy the selection, or everything that is loaded here',
  clear: 'Clear',
  clearHint: 'Empty this view; the log file keeps its lines',
  save: 'Save as…',
  saveHint: 'Save all that is kept of this log, older files included',
  folder: 'Open folder',
  folderHint: 'Show the log file in its folder',
  newLines: (count: number): string =>
    count === 0
      ? 'Newest lines'
      : `${counts.number(count)} ${counts.plural(count, { one: 'new line', other: 'new lines' })}`,
  earlier: 'Show earlier lines',
  later: 'Show later lines',
  beginning: 'The log begins here',
  skipped: '··· lines were skipped here ···',
  notKept: 'This place is no longer in the log: older lines were dropped.',
  notInLog: 'What it printed is no longer in the log, or can’t be found there.',
  filteredNewest: (shown: number, count: number): string =>
    `The newest ${counts.number(shown)} of ${counts.number(count)} matching lines are shown.`,
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
  nothingYet: 'Nothing written yet',
  printsHere: (name: string): string => `What ${name} prints appears here as it happens.`,
  waiting: 'Waiting for Holdfast’s background service',
  opening: 'Opening the log…',
  linesHint: 'Alt with the arrow keys chooses a line; Tab then leads to its links. End follows.',
  linesOf: (name: string): string => `Log lines of ${name}`,
};
