import type { Words } from '../words.ts';
import { counts } from './counting.ts';

export const home: Words['home'] = {
  title: 'Start',
  yours: 'Die Gateways',
  oneProblem: 'Es gibt ein Problem',
  problems: (troubled, all) =>
    `${counts.number(troubled)} von ${counts.number(all)} Gateways ${counts.plural(troubled, { one: 'hat', other: 'haben' })} ein Problem`,
  allRun: 'Alles läuft',
  noneRuns: 'Nichts läuft',
  oneMoment: 'Einen Moment …',
  someRun: (well, all) =>
    `${counts.number(well)} von ${counts.number(all)} Gateways ${counts.plural(well, { one: 'läuft', other: 'laufen' })}`,
  troubled: 'Mit einem Problem',
  untroubled: 'Ohne Problem',
  rest: 'Alle anderen',
  actions: (name) => `Aktionen für ${name}`,
  action: (verb, name) => `${verb}: ${name}`,
  logs: 'Logs',
};

export const broken: Words['broken'] = {
  title: 'Nicht benutzbare Profile',
  open: 'Datei öffnen',
  after: 'Nach dem Speichern gilt sie sofort.',
  inForce: 'Bis sie in Ordnung gespeichert ist, gilt, was vorher in der Datei stand.',
};

export const details: Words['details'] = {
  waitingForAnswer: (time) => `wartet auf Antwort, bisher ${time}`,
  up: (time) => `seit ${time}`,
  healthy: (time) => `seit ${time} in Ordnung`,
  timeToFinish: (time) => `noch ${time} Zeit`,
  outOfTime: 'Zeit abgelaufen, wird beendet',
  nextStart: (time) => `nächster Start in ${time}`,
  startingNow: 'startet jetzt',
  released: (time) => `seit ${time}, bis die neue Version da ist`,
  watched: (time) => `seit ${time} beobachtet`,
  justStarted: 'gerade gestartet',
  port: (port) => `Port ${port}`,
  restartsToday: (count) =>
    count === 0
      ? 'heute kein Neustart'
      : `heute ${counts.number(count)} ${counts.plural(count, { one: 'Neustart', other: 'Neustarts' })}`,
  lastRan: (when) => `lief zuletzt ${when}`,
  neverStarted: 'noch nie gestartet',
  attempt: (attempt) => `Versuch ${attempt}`,
};

export const explanations: Words['explanations'] = {
  restartsWhenDone: (tasks) =>
    counts.plural(tasks, {
      one: 'Startet neu, sobald seine Aufgabe fertig ist.',
      other: `Startet neu, sobald seine ${counts.number(tasks)} Aufgaben fertig sind.`,
    }),
  waitsUntilDone: (tasks) =>
    counts.plural(tasks, {
      one: 'Wartet, bis seine Aufgabe fertig ist.',
      other: `Wartet, bis seine ${counts.number(tasks)} Aufgaben fertig sind.`,
    }),
  forFiles: 'Es wird angehalten, damit seine Dateien ersetzt werden können.',
  startsAgain: 'Es startet wieder, sobald es beendet ist.',
  attempt: (attempt) => `Das ist Versuch ${attempt}.`,
  notStarted: 'Es wurde noch nie gestartet.',
  remote: (address) => `Es läuft auf einem anderen Rechner und wird unter ${address} gefragt.`,
  takesOrders: (owner) =>
    `${owner} kümmert sich darum. Starten, Anhalten und Neustarten werden weitergegeben.`,
  leftAlone: (owner) =>
    `Es läuft unter ${owner}, und Holdfast lässt es in Ruhe. Wenn es endet, startet Holdfast es.`,
};

export const gateway: Words['gateway'] = {
  demo: '(gehört zu Holdfast)',
  views: (name) => `Ansichten von ${name}`,
  tabs: { status: 'Überblick', logs: 'Logs', history: 'Verlauf', profile: 'Einstellungen' },
  control: (name) => `${name} steuern`,
  endNow: 'Sofort beenden',
  restartWhenIdle: 'Neu starten, wenn frei',
  restartsWhenIdle: 'Startet neu, wenn frei',
  changed: 'Seine Einstellungen wurden geändert',
  changedMore: 'Gilt ab dem nächsten Start.',
};

export const profile: Words['profile'] = {
  edit: 'Bearbeiten',
  editOf: (name) => `${name} bearbeiten`,
  rename: 'Umbenennen',
  duplicate: 'Duplizieren',
  duplicated: (name) => `Das ist eine Kopie von ${name}. Gestartet wird sie erst auf Wunsch.`,
  of: (name) => `Das Profil von ${name}`,
  how: 'Wie es ausgeführt wird',
  unreadable: 'Sein Profil ist gerade nicht lesbar.',
  when: 'Wenn Holdfast startet und aktualisiert wird',
  onUpdate: 'Beim Update von Holdfast',
  command: 'Befehl',
  folder: 'Ordner',
  address: 'Adresse',
  program: 'Programm',
  shipped: 'gehört zu Holdfast',
  port: 'Port',
  variables: 'Umgebungsvariablen',
  autostart: 'Mit dem Hintergrunddienst von Holdfast starten',
  autostartHint: 'Aus: Es wird nur auf Wunsch gestartet.',
  openFolder: 'Profilordner öffnen',
};

export const removal: Words['removal'] = {
  title: 'Aus Holdfast entfernen',
  updating: 'Es wird gerade aktualisiert. Danach ist das Entfernen möglich.',
  external: (name) => `Holdfast kümmert sich nicht mehr darum. ${name} selbst bleibt, wie es ist.`,
  running:
    'Es läuft und wird deshalb erst angehalten. Sein Log und seine Daten bleiben auf der Festplatte.',
  stopped: 'Sein Profil wird entfernt. Sein Log und seine Daten bleiben auf der Festplatte.',
  removed: (name) => `${name} wurde entfernt.`,
  stoppedAndRemoved: (name) => `${name} wurde angehalten und entfernt.`,
};

export const facts: Words['facts'] = {
  title: 'Einzelheiten',
  runBy: 'Ausgeführt von',
  restarts: 'Neustarts',
  noRestarts: 'keine',
  lastStop: 'Letztes Ende',
  noStop: 'keines gesehen',
  started: 'Gestartet',
  checked: 'Geprüft',
  logFile: 'Log-Datei',
  showLogFile: 'Log-Datei zeigen',
  proofs: {
    verified:
      'Es hat mit dem geheimen Kennzeichen geantwortet, mit dem es gestartet wurde, und mit seinem Build.',
    healthy: 'Seine Zustandsprüfung gelingt.',
    alive: 'Sein Prozess läuft; es hat keine Zustandsprüfung.',
  },
};

export const trouble: Words['trouble'] = {
  title: 'Was nicht stimmt',
  printed: 'Seine letzte Ausgabe',
  otherPort: 'Anderen Port nehmen',
  itsSettings: 'Seine Einstellungen',
};

export const ownReport: Words['ownReport'] = {
  title: 'Es meldet',
  state: 'Sein Zustand',
  busy: 'Arbeitet an',
  nothing: 'Nichts',
  tasks: (count) =>
    `${counts.number(count)} ${counts.plural(count, { one: 'Aufgabe', other: 'Aufgaben' })}`,
  because: 'Weil',
  parts: 'Seine Teile',
};

export const usage: Words['usage'] = {
  title: 'Speicher und Prozessor',
  memory: 'Speicher',
  cpu: 'Prozessor',
  measuring: 'wird gemessen …',
  range: (least, most) => `${least} bis ${most}`,
  line: (what, now, range) =>
    `${what}, solange hier zu sehen, höchstens zwei Minuten: jetzt ${now}, ${range}`,
  note: (processes) =>
    `${counts.number(processes)} ${counts.plural(processes, { one: 'Prozess', other: 'Prozesse' })}. Nur gemessen, solange dieses Fenster zu sehen ist; 100 % sind ein Prozessor.`,
};

export const offers: Words['offers'] = {
  pinned: (name, version, failed) =>
    `${name} läuft mit der vorigen Version ${version}, weil das Update auf ${failed} fehlgeschlagen ist.`,
  unseen: (name) => `Holdfast kann noch nicht sehen, ob ${name} in Ordnung ist.`,
  watchPort: 'Diesen Port beobachten',
  useCheck: 'Diese Prüfung nutzen',
  listens: (port) =>
    `Es nimmt auf Port ${port} Verbindungen an. Ab dem nächsten Start kann Holdfast darauf warten.`,
  answers: (port, path) =>
    `Es nimmt auf Port ${port} Verbindungen an und antwortet unter ${path}. Ab dem nächsten Start kann Holdfast dort fragen und es neu starten, wenn es hängt.`,
};

export const versions: Words['versions'] = {
  title: 'Version',
  available: (name, version) => `${name} ${version} ist verfügbar.`,
  installedNow: (version) => `Version ${version} ist installiert.`,
  stops: 'Das Gateway wird für das Update angehalten.',
  undoable: 'Wenn die neue Version nicht gelingt, kommt die alte zurück.',
  notUndoable: 'Sein Profil sagt nicht, wie die alte Version zurückkommt.',
  updated: (name, from, to) =>
    `${name} wurde${from === null ? '' : ` von ${from}`}${to === null ? '' : ` auf ${to}`} aktualisiert.`,
  updating: (name, from, to) =>
    `${name} wird${from === null ? '' : ` von ${from}`}${to === null ? '' : ` auf ${to}`} aktualisiert …`,
  keep: 'Behalten',
  goBack: 'Zurückkehren',
  check: 'Jetzt prüfen',
  installed: 'Installiert',
  newest: 'Neueste',
  asked: (when) => `gefragt ${when}`,
  when: 'Neue Versionen installieren',
  lastUpdate: 'Letztes Update',
  byItself: ', von selbst',
  away: (time) => `; ${time} weg`,
  clients: (how) => `; Clients: ${how}`,
  updaterSays: 'Sein Updater meldet',
  wasUpdated: (name) => `${name} wurde aktualisiert.`,
};

export const history: Words['history'] = {
  day: 'Die letzten 24 Stunden',
  dayOf: (name) => `${name}, die letzten 24 Stunden`,
  nothing: 'Noch ist nichts geschehen.',
  damaged: (count) =>
    counts.plural(count, {
      one: 'Ein Eintrag ist nicht lesbar.',
      other: `${counts.number(count)} Einträge sind nicht lesbar.`,
    }),
  steps: 'Was wie lange dauerte',
  step: { output: 'Erste Ausgabe', open: 'Port offen', answer: 'Erste Antwort', ready: 'Bereit' },
  thisStart: 'Dieser Start',
  usualStart: 'Sonst',
  unseen: 'nicht gesehen',
  slowest: (step: string, time: string): string => `Der langsamste Schritt: ${step}, ${time}.`,
  older: 'Ältere zeigen',
  problem: 'Problem:',
  piece: (from, to, state, time) => `${from} bis ${to}, ${time}: ${state}`,
  pieceBecause: (piece, reason) => `${piece} – ${reason}`,
  pieceAlone: (piece) => `${piece}.`,
};
