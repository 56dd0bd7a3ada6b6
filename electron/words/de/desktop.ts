import type { Words } from '../words.ts';
import { counts } from './counting.ts';

export const commands: Words['commands'] = {
  palette: 'Befehle …',
  home: 'Start',
  update: 'Updates',
  add: 'Gateway hinzufügen',
  settings: 'Einstellungen',
  status: 'Überblick',
  logs: 'Logs',
  history: 'Verlauf',
  profile: 'Seine Einstellungen',
  find: 'Im Log suchen',
  start: 'Starten',
  restart: 'Neu starten',
  stop: 'Anhalten',
  shortcuts: 'Tastenkürzel',
  close: 'Fenster schließen',
  quit: 'Holdfast beenden',
};

export const menu: Words['menu'] = {
  file: '&Datei',
  edit: '&Bearbeiten',
  view: '&Ansicht',
  gateway: '&Gateway',
  window: 'Fenster',
  help: '&Hilfe',
  add: 'Gateway hinzufügen …',
  settings: 'Einstellungen …',
  close: 'Fenster schließen',
  quit: { linux: 'Beenden', win32: 'Beenden', darwin: 'Holdfast beenden' },
  find: 'Im Log suchen …',
  palette: 'Befehle …',
  home: 'Start',
  updates: 'Updates',
  noGateway: 'Kein Gateway ist zu sehen',
  overview: 'Überblick',
  logs: 'Logs',
  history: 'Verlauf',
  profile: 'Einstellungen des Gateways',
  keys: 'Tastenkürzel',
  logFolder: 'Log-Ordner zeigen',
  check: 'Nach Updates suchen …',
  about: 'Über Holdfast',
  undo: 'Rückgängig',
  redo: 'Wiederholen',
  cut: 'Ausschneiden',
  copy: 'Kopieren',
  paste: 'Einfügen',
  selectAll: 'Alles auswählen',
  resetZoom: 'Originalgröße',
  zoomIn: 'Vergrößern',
  zoomOut: 'Verkleinern',
  fullScreen: 'Vollbild ein/aus',
  services: 'Dienste',
  hide: 'Holdfast ausblenden',
  hideOthers: 'Andere ausblenden',
  unhide: 'Alle einblenden',
};

export const tray: Words['tray'] = {
  open: 'Öffnen',
  logs: 'Logs',
  show: 'Holdfast zeigen',
  quit: 'Beenden',
  running: (count) => counts.plural(count, { one: `${count} läuft`, other: `${count} laufen` }),
  needsYou: 'Braucht Hilfe',
  updating: 'Wird aktualisiert …',
  unreachable: 'Der Hintergrunddienst ist nicht erreichbar',
  stale: 'Veraltet: Der Hintergrunddienst ist nicht lesbar',
  connecting: 'Der Hintergrunddienst startet …',
  none: 'Noch keine Gateways',
  summary: (running, all, troubled) =>
    `${counts.number(running)} von ${counts.number(all)} Gateways ${counts.plural(running, { one: 'läuft', other: 'laufen' })}${
      troubled > 0 ? `, ${counts.number(troubled)} mit Problemen` : ''
    }`,
  check: 'Nach Updates suchen …',
  updateTo: (version) => `Auf ${version} aktualisieren …`,
  downloading: (version) => `${version} wird geladen …`,
  paused: (version) => `Download von ${version} pausiert …`,
  updatingTo: (version) => `Wird auf ${version} aktualisiert …`,
};

export const closing: Words['closing'] = {
  tray: {
    title: 'Holdfast bleibt im Infobereich',
    more: 'Die Gateways laufen weiter. Zum Beenden von Holdfast selbst: „Beenden“ im Menü des Infobereichs.',
  },
  noTray: {
    title: 'Holdfast ist minimiert',
    more: 'Dieser Desktop zeigt keinen Infobereich. Die Gateways laufen weiter. Zum Beenden von Holdfast selbst: „Beenden“ im Menü.',
  },
};

export const dialogs: Words['dialogs'] = {
  cancel: 'Abbrechen',
  runThis: (name) => `Soll Holdfast das als „${name}“ ausführen?`,
  lookAfter: 'Übernehmen',
  chooseProgram: 'Programm auswählen',
  chooseFolder: 'Ordner auswählen',
  choose: 'Auswählen',
  openAddress: 'Diese Adresse im Browser öffnen?',
  open: 'Öffnen',
  sendThere: 'Soll Holdfast Nachrichten über die Gateways an diesen Server senden?',
  send: 'Dorthin senden',
  saveReport: 'Bericht speichern',
  saveLog: 'Log speichern',
  keepsCrashing: 'Das Fenster von Holdfast stürzt immer wieder ab.',
  keepsCrashingMore:
    'Die Gateways sind nicht betroffen. Im Log-Ordner steht mehr über die Abstürze.',
  loadAgain: 'Neu laden',
  leave: 'So lassen',
  cantStart: 'Holdfast startet nicht',
};

export const notices: Words['notices'] = {
  failed: (name) => `${name} startet nicht`,
  crashing: (name) => `${name} stürzt immer wieder ab`,
  needsYou: (name) => `${name} braucht Hilfe`,
  toKeep: (name, version) => `${name}${version === null ? '' : ` ${version}`} behalten?`,
  updateFailed: (name) => `Das Update von ${name} ist fehlgeschlagen`,
  undone: (name) => `Das Update von ${name} wurde rückgängig gemacht`,
  offered: (name, version) => `${name} ${version} ist verfügbar`,
  updated: (name, version) =>
    `${name} wurde${version === null ? '' : ` auf ${version}`} aktualisiert`,
  many: {
    failed: (count) => `${counts.number(count)} Gateways starten nicht`,
    crashing: (count) => `${counts.number(count)} Gateways stürzen immer wieder ab`,
    'needs-you': (count) => `${counts.number(count)} Gateways brauchen Hilfe`,
    'to-keep': (count) => `Die neuen Versionen von ${counts.number(count)} Gateways behalten?`,
    undone: (count) => `Die Updates von ${counts.number(count)} Gateways wurden rückgängig gemacht`,
    offered: (count) => `Neue Versionen von ${counts.number(count)} Gateways sind verfügbar`,
    updated: (count) => `${counts.number(count)} Gateways wurden aktualisiert`,
  },
  more: (count) => `${counts.number(count)} weitere`,
  names: (names) => `${counts.list(names)}.`,
};
