/** Gateways in Dateien und in eigener Reihenfolge. */
import { counts } from './counting.ts';

export const transfer = {
  export: 'Exportieren …',
  exportAll: 'Alle exportieren …',
  exportTitle: 'Gateways exportieren',
  exported: (count: number, file: string): string =>
    `${counts.number(count)} ${counts.plural(count, { one: 'Gateway liegt', other: 'Gateways liegen' })} in ${file}. Auch die Werte der Variablen stehen darin: nicht weitergeben.`,
  import: 'Aus einer Datei importieren …',
  importTitle: 'Gateways importieren',
  imported: (names: string): string => `Hinzugefügt: ${names}. Gestartet wird erst auf Wunsch.`,
  moveHint:
    'Mit der Maus ziehen oder Alt und ↑ oder ↓ drücken, um den Platz in der Liste zu ändern.',
};
