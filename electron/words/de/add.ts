import type { Words } from '../words.ts';

export const welcome: Words['welcome'] = {
  view: 'Willkommen',
  title: 'Willkommen bei Holdfast',
  lead: 'Holdfast hält Gateways am Laufen: Server wie Hermes, OpenClaw oder Ollama. Es startet sie, startet sie nach einem Absturz neu und bringt sie durch Updates.',
  looking: 'Gateways auf diesem Rechner werden gesucht …',
  noneTitle: 'Auf diesem Rechner nichts gefunden',
  noneFound: (names) =>
    `Holdfast hat nach ${names} gesucht. Jeder andere Server lässt sich mit seinem Befehl hinzufügen, oder mit seiner Adresse auf einem anderen Rechner.`,
  notAsked: 'Was auf diesem Rechner ist, ließ sich nicht herausfinden',
  lookAgain: 'Noch einmal suchen',
  continueNow: 'Gateways zeigen',
  addAnother: 'Weiteres Gateway hinzufügen',
  addOwn: 'Gateway hinzufügen',
  undo: 'Nichts hier ist endgültig: Jedes Gateway hat „Entfernen“ in seinen Einstellungen, und der Schalter lässt sich zurückstellen.',
  comfort: 'Jederzeit möglich',
  terminal: 'Im Terminal',
  terminalHint:
    'Der Befehl „holdfast“ zeigt und kann dasselbe. Dies nimmt ihn einmalig in den PATH auf:',
  terminalHintWindows:
    'Der Befehl „holdfast“ zeigt und kann dasselbe. Diesen Ordner einmalig in den PATH aufnehmen:',
  onPath: '„holdfast“ in den PATH aufnehmen',
  onPathHint:
    'Dieser Befehl zeigt und kann dasselbe. Terminals, die danach geöffnet werden, finden ihn dort.',
  demoHint: 'Erst einmal nur umsehen?',
};

export const adding: Words['adding'] = {
  title: 'Gateway hinzufügen',
  found: 'Auf diesem Rechner gefunden',
  notKnown: 'Was hinzugefügt werden kann, ist nicht bekannt',
  looking: 'Wird gesucht …',
  command: 'Beliebiger Befehl',
  commandHint: 'Ein Server, der mit einem Befehl startet. Holdfast hält ihn am Laufen.',
  more: 'Mehr',
  moreHint:
    'Jedes Gateway ist eine Datei im Profilordner. Was dort abgelegt wird, erscheint hier sofort.',
  demo: 'Demo-Gateway hinzufügen (gehört zu Holdfast)',
  nothingTyped: (field) => `${field}: noch nichts eingegeben.`,
};

export const offered: Words['offered'] = {
  add: 'Übernehmen',
  notRunning: 'Läuft nicht',
  runsUnder: (owner) => `Läuft gerade, unter ${owner}`,
  runsIn: (terminal) => `Läuft gerade, in ${terminal}`,
  startedBy: (program) => `Läuft gerade, gestartet von ${program}`,
  added: (name) => `Holdfast kümmert sich jetzt um ${name}.`,
  startsIfNeeded: 'Holdfast startet es, falls es nicht läuft, und hält es am Laufen.',
  starts: 'Holdfast startet es und hält es am Laufen.',
  watches: (owner) =>
    `Es bleibt, wo es ist, und nichts wird neu gestartet: ${owner} führt es aus, Holdfast beobachtet.`,
  startsAfterwards:
    'Es bleibt, wo es ist, und nichts wird neu gestartet. Wenn es endet, startet Holdfast es wieder.',
};

export const form: Words['form'] = {
  unchanged: 'Noch ist nichts geändert.',
  addAnyway: 'Trotzdem hinzufügen',
  saveAnyway: 'Trotzdem speichern',
  name: 'Name',
  namePlaceholder: 'Mein Gateway',
  nameHint: 'Beliebig, in jeder Schrift.',
  address: 'Adresse',
  line: 'Programm und Argumente',
  lineHint: 'Wie im Terminal eingegeben.',
  shell: 'Mit einer Shell ausführen (/bin/sh)',
  shellHint: 'Dann gelten |, >, $NAME und Ähnliches wie im Terminal.',
  folder: 'Ordner',
  folderPlaceholder: 'Der Benutzerordner',
  port: 'Port',
  portHint: 'Es gilt als bereit, wenn dieser Port Verbindungen annimmt.',
  health: 'Prüfadresse',
  healthHint: 'An seinem Port gefragt. Wenn es dort nicht mehr antwortet, wird es neu gestartet.',
  policy: 'Beim Update von Holdfast',
  optional: '(optional)',
  choose: 'Auswählen …',
  chooseProgram: 'Programm auswählen …',
  chooseFolder: 'Ordner auswählen …',
};

export const variables: Words['variables'] = {
  title: 'Umgebungsvariablen',
  add: 'Variable hinzufügen',
  show: 'Werte zeigen',
  hide: 'Werte verbergen',
  stored: 'Schon gespeicherte Werte bleiben in der Profildatei und werden hier nicht gezeigt.',
  numbered: (number) => `Variable ${number}`,
  nameOf: (number) => `Name der Variable ${number}`,
  namePlaceholder: 'NAME',
  valueOf: (name) => `Wert von ${name}`,
  valuePlaceholder: 'Wert',
  storedPlaceholder: 'Gespeichert; zum Ersetzen tippen',
  remove: (name) => `${name} entfernen`,
};

export const trial: Words['trial'] = {
  title: 'Der Test',
  start: 'Testen',
  running: 'Test, 10 s …',
  printedNothing: 'Es hat nichts ausgegeben.',
};

export const findings: Words['findings'] = {
  noName: 'Ein Name fehlt.',
  longName: (most) => `Ein Name hat höchstens ${most} Zeichen.`,
  sameName: 'Ein anderes Gateway heißt auch so.',
  noProgram: 'Das Programm fehlt, mit dem es startet.',
  openQuote: (quote) => `Das Anführungszeichen ${quote} wird nicht geschlossen.`,
  needsShell: (sign) =>
    `„${sign}“ braucht eine Shell. Ohne sie bekommt das Programm es so, wie es dasteht.`,
  folder: 'Der ganze Pfad des Ordners ist nötig, etwa ~/gateway.',
  noAddress: 'Seine Adresse fehlt.',
  address: 'Eine Adresse beginnt mit http:// oder https://.',
  noPort: 'Das Demo-Gateway braucht einen Port.',
  port: (typed) => `„${typed}“ ist kein Port: Ein Port ist eine Zahl von 1 bis 65535.`,
  health: 'Eine Prüfadresse beginnt mit / und hat keine Leerzeichen, etwa /healthz.',
  healthNeedsPort: 'Eine Prüfadresse braucht einen Port. Erst den Port eingeben.',
  nameless: 'Ein Wert hat keine Variable. Sie benennen oder die Zeile entfernen.',
  oddVariable: (name) =>
    `„${name}“ kann keine Variable heißen: nur Buchstaben von a bis z, Ziffern und _, und keine Ziffer am Anfang.`,
  twice: (name) => `${name} steht zweimal da.`,
};
