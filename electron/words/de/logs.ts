import type { Words } from '../words.ts';
import { counts } from './counting.ts';

export const levels: Words['levels'] = {
  all: 'Alle Stufen',
  error: 'Nur Fehler',
  warning: 'Warnungen und Fehler',
  info: 'Info und Schlimmeres',
  debug: 'Alles mit Stufe',
};

export const logs: Words['logs'] = {
  search: 'Im ganzen Log suchen',
  next: 'Nächster Treffer (Enter)',
  previous: 'Voriger Treffer (Umschalt+Enter)',
  matchCase: 'Groß- und Kleinschreibung beachten',
  expression: 'Regulärer Ausdruck',
  onlyMatches: 'Nur Treffer',
  level: 'Stufe',
  noMatches: 'Keine Treffer',
  searching: 'Wird gesucht …',
  ofCount: (index, count) =>
    `${index === null ? '–' : counts.number(index)} von ${counts.number(count)}`,
  times: 'Zeiten',
  received: (time) => `Empfangen ${time}; die Zeile nennt keine Zeit`,
  timesHint: 'Zeigen, wann jede Zeile geschrieben oder, wo das nicht dasteht, empfangen wurde',
  wrap: 'Umbrechen',
  wrapHint: 'Lange Zeilen umbrechen',
  follow: 'Folgen',
  followHint: 'Bei den neuesten Zeilen bleiben',
  copyHint: 'Die Auswahl kopieren, oder alles, was hier geladen ist',
  clear: 'Leeren',
  clearHint: 'Diese Ansicht leeren; die Log-Datei behält ihre Zeilen',
  save: 'Speichern …',
  saveHint: 'Alles speichern, was von diesem Log erhalten ist, auch ältere Dateien',
  folder: 'Ordner öffnen',
  folderHint: 'Die Log-Datei in ihrem Ordner zeigen',
  newLines: (count) =>
    count === 0
      ? 'Neueste Zeilen'
      : `${counts.number(count)} ${counts.plural(count, { one: 'neue Zeile', other: 'neue Zeilen' })}`,
  earlier: 'Frühere Zeilen zeigen',
  later: 'Spätere Zeilen zeigen',
  beginning: 'Hier beginnt das Log',
  skipped: '··· hier wurden Zeilen übersprungen ···',
  notKept: 'Diese Stelle ist nicht mehr im Log: Ältere Zeilen wurden verworfen.',
  notInLog: 'Seine Ausgabe ist nicht mehr im Log oder dort nicht zu finden.',
  filteredNewest: (shown, count) =>
    `Zu sehen sind die neuesten ${counts.number(shown)} von ${counts.number(count)} passenden Zeilen.`,
  unfold: 'Als Baum zeigen',
  cleared: 'Diese Ansicht wurde geleert. Die Log-Datei behält ihre Zeilen.',
  showAgain: 'Wieder zeigen',
  clearedTitle: 'Geleert',
  clearedText: 'Neue Zeilen erscheinen hier. Die Log-Datei behält alle anderen.',
  copiedSelection: 'Die Auswahl wurde kopiert.',
  copiedAll: 'Alle hier geladenen Zeilen wurden kopiert.',
  noClipboard: 'Die Zwischenablage ist nicht verfügbar. Den Text auswählen und Strg+C drücken.',
  saved: (file) => `Das Log wurde als ${file} gespeichert.`,
  nothingFound: 'Keine Zeile passt',
  nothingFoundText: 'Neue Zeilen, die passen, erscheinen hier.',
  failed: 'Das Log lässt sich nicht zeigen',
  nothingYet: 'Noch nichts geschrieben',
  printsHere: (name) => `Was ${name} ausgibt, erscheint hier sofort.`,
  waiting: 'Warten auf den Hintergrunddienst von Holdfast',
  opening: 'Das Log wird geöffnet …',
  linesHint: 'Alt mit den Pfeiltasten wählt eine Zeile; Tab führt dann zu ihren Links. Ende folgt.',
  linesOf: (name) => `Log-Zeilen von ${name}`,
};
