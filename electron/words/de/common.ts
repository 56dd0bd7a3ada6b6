import type { Words } from '../words.ts';

export const common: Words['common'] = {
  add: 'Hinzufügen',
  cancel: 'Abbrechen',
  close: 'Schließen',
  copy: 'Kopieren',
  details: 'Details',
  technicalDetails: 'Technische Details',
  dismiss: 'Ausblenden',
  open: 'Öffnen',
  remove: 'Entfernen',
  save: 'Speichern',
  showInLog: 'Im Log zeigen',
  tryAgain: 'Noch einmal versuchen',
  undo: 'Rückgängig',
  update: 'Aktualisieren',
  copied: 'Kopiert.',
  noClipboard: 'Die Zwischenablage ist nicht verfügbar.',
  unknown: 'noch nicht bekannt',
  noReason: 'Es ist nicht gelungen, und die App hat keinen Grund genannt.',
  sentences: (all) => all.filter((one) => one !== '').join(' '),
};
