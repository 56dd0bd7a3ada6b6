/** Words that stand in more than one view. */

export const common = {
  add: 'Add',
  cancel: 'Cancel',
  close: 'Close',
  copy: 'Copy',
  details: 'Details',
  technicalDetails: 'Technical details',
  dismiss: 'Dismiss',
  open: 'Open',
  remove: 'Remove',
  save: 'Save',
  showInLog: 'Show in log',
  tryAgain: 'Try again',
  undo: 'Undo',
  update: 'Update',
  copied: 'Copied.',
  noClipboard: 'The clipboard is not available.',
  unknown: 'not known yet',
  noReason: 'It did not work, and the app gave no reason.',
  /** Where two whole sentences follow each other. */
  sentences: (all: readonly string[]): string => all.filter((one) => one !== '').join(' '),
  /** A part of a sentence, alone. */
  asSentence: (part: string): string => `${part.charAt(0).toUpperCase()}${part.slice(1)}.`,
  /** What begins a line, within one. */
  asPart: (text: string): string => text.charAt(0).toLowerCase() + text.slice(1),
};
