import type { Words } from '../words.ts';
import { counts } from './counting.ts';

export const settings: Words['settings'] = {
  title: 'Einstellungen',
  appearance: 'Darstellung',
  theme: 'Design',
  themes: { system: 'System', light: 'Hell', dark: 'Dunkel' },
  language: 'Sprache',
  languageSystem: 'Wie das System',
  notifications: 'Benachrichtigungen',
  notificationsLead: 'Jede einmal, und nicht, solange es in diesem Fenster zu sehen ist.',
  notificationsLegend: 'Was der Desktop meldet',
  notificationChoices: {
    all: {
      label: 'Probleme und Neues',
      hint: 'Neues: eine Version, die bereit ist, und ein Update, das fertig ist.',
    },
    problems: {
      label: 'Nur Probleme',
      hint: 'Ein Gateway startet nicht oder braucht Hilfe, oder ein Update wurde rückgängig gemacht.',
    },
    none: { label: 'Nichts' },
  },
  closing: 'Beim Schließen des Fensters',
  quitting: 'Beim Beenden von Holdfast',
  quittingLegend: 'Was beim Beenden geschieht',
  quitChoices: {
    ask: { label: 'Nachfragen', hint: 'Jedes Mal, wenn ein Gateway läuft.' },
    keep: {
      label: 'Gateways weiterlaufen lassen',
      hint: 'Der Hintergrunddienst von Holdfast kümmert sich weiter um sie.',
    },
    stop: { label: 'Gateways anhalten', hint: 'Sie bringen erst ihre Arbeit zu Ende.' },
  },
  updates: 'Updates',
  check: 'Automatisch nach Updates suchen',
  checkHint: 'Bald nach dem Start und alle sechs Stunden.',
  installLegend: 'Wann eine neuere Version installiert wird',
  installChoices: {
    ask: { label: 'Auf meinen Wunsch' },
    idle: {
      label: 'Wenn ich nicht da bin',
      hint: 'Zehn Minuten lang hat niemand diesen Rechner benutzt, und kein Gateway, das dafür angehalten wird, arbeitet gerade.',
    },
    night: { label: 'Nachts', hint: 'Ebenso, zwischen zwei und fünf Uhr.' },
    quit: {
      label: 'Beim Beenden von Holdfast',
      hint: 'Die Gateways laufen weiter. Die neue Version zeigt sich, wenn Holdfast wieder geöffnet wird.',
    },
  },
  confirmLegend: 'Fragen, ob eine neue Version bleibt',
  confirmChoices: {
    off: { label: 'Nicht fragen' },
    '5': {
      label: 'Fragen und 5 Minuten warten',
      hint: 'Wenn alles in Ordnung geblieben ist. Ohne Antwort kehrt Holdfast von selbst zur alten Version zurück.',
    },
    '15': { label: 'Fragen und 15 Minuten warten' },
    '60': { label: 'Fragen und eine Stunde warten' },
  },
  downloadLegend: 'Wie schnell Updates geladen werden',
  downloadLimits: {
    off: {
      label: 'So schnell wie möglich',
      hint: 'Geladen wird nur, was sich unterscheidet, wo das feststellbar ist.',
    },
    '250': { label: 'Höchstens 250 kB je Sekunde' },
    '1000': { label: 'Höchstens 1 MB je Sekunde' },
    '5000': { label: 'Höchstens 5 MB je Sekunde' },
  },
  channelLegend: 'Welche Versionen angeboten werden',
  channelChoices: {
    stable: { label: 'Stabile Versionen' },
    beta: {
      label: 'Auch Beta-Versionen',
      hint: 'Neues früher, mit mehr Fehlern. Eine neuere stabile Version kommt trotzdem.',
    },
  },
  starting: 'Beim Start von Holdfast',
  startHidden: 'Ohne Fenster starten',
  startHiddenHint:
    'Es ist einen Klick entfernt, im Infobereich. Nach einem Update wird das Fenster gezeigt.',
  startHiddenNoTray:
    'Wo der Desktop keinen Infobereich zeigt, wie hier, wird das Fenster trotzdem gezeigt.',
  atLogin: 'Gateways beim Anmelden starten',
  atLoginHint:
    'Das System startet dann den Hintergrunddienst von Holdfast ohne dieses Fenster, und startet ihn wieder, falls er verloren geht. Vor dem Entfernen von Holdfast ausschalten.',
  gateways: 'Für jedes Gateway',
  logSize: 'Größe eines Logs',
  logSizeHint: 'Bei dieser Größe beginnt das Log eines Gateways neu; zwei ältere bleiben erhalten.',
  grace: 'Zeit zum Anhalten',
  graceHint:
    'Wie lange ein ab jetzt hinzugefügtes Gateway zum Anhalten brauchen darf, bevor es beendet wird.',
  megabytes: (count) => `${counts.number(count)} MB`,
  seconds: (count) => `${counts.number(count)} s`,
  minutes: (count) => `${counts.number(count)} min`,
  reset: 'Zurücksetzen',
  resetHint:
    'Alle Einstellungen auf dieser Seite, wie sie am Anfang waren. Die Gateways bleiben, wie sie sind.',
  resetButton: 'Einstellungen zurücksetzen',
  wasReset: 'Die Einstellungen sind, wie sie am Anfang waren.',
};

export const about: Words['about'] = {
  title: 'Über Holdfast',
  version: 'Version',
  build: 'Build',
  licence: 'Lizenz',
  logs: 'Logs',
  showFolder: 'Ordner zeigen',
  profiles: 'Profile',
  profilesHint: 'Eine Datei je Gateway. Sie wird nach jeder Änderung neu gelesen.',
};

export const service: Words['service'] = {
  title: 'Hintergrunddienst',
  lead: 'Ein kleines Programm, das sich um die Gateways kümmert, auch solange dieses Fenster geschlossen ist und während Holdfast aktualisiert wird.',
  state: 'Zustand',
  states: { connecting: 'startet …', connected: 'läuft', lost: 'wird neu verbunden …' },
  runningFor: 'Läuft seit',
  survives: 'Läuft weiter, wenn Holdfast sich schließt',
  unknown: 'noch nicht bekannt',
  process: 'Prozess',
  livesAs: 'Lebt außerhalb der App als',
  rungs: {
    setsid: 'Eigene Sitzung',
    'systemd-run': 'Unit des eigenen systemd',
    'cgroup-move': 'Eigene Control Group',
    'flatpak-spawn': 'Auf dem Hostsystem, außerhalb der Sandbox',
    breakaway: 'Außerhalb des Jobs der App',
    'no-breakaway': 'Eigene Prozessgruppe',
    'other-parent': 'Anderer Elternprozess',
    wmi: 'Von Windows selbst gestartet',
    'scheduled-task': 'Als geplante Aufgabe gestartet',
  },
};

export const report: Words['report'] = {
  title: 'Wenn Hilfe gebraucht wird',
  make: 'Bericht erstellen …',
  lead: 'Was jemand sehen muss, der hilft, in einer Datei: Versionen, Einstellungen, Verläufe und Logs, ohne Geheimnisse. Er wird nirgendwohin gesendet.',
  contents: 'Was der Bericht enthält',
  save: 'Speichern …',
  size: (files, size) =>
    `${counts.number(files)} ${counts.plural(files, { one: 'Datei', other: 'Dateien' })}, ${size} vor dem Packen. Werte von Variablen, Passwörter, Tokens und der Name des Benutzerordners sind verborgen.`,
  itsEnd: (size) => `das Ende, ${size}`,
  leftOut: 'weggelassen:',
  saved: (file) =>
    `Der Bericht wurde als ${file} gespeichert. Vor dem Weitergeben bitte durchsehen.`,
};

export const phone: Words['phone'] = {
  title: 'Nachrichten aufs Telefon',
  lead: 'Der Hintergrunddienst von Holdfast kann, was der Desktop meldet, auch ans Telefon senden, selbst wenn Holdfast geschlossen ist. Jede Nachricht geht an den hier genannten Server.',
  kind: 'Was unter der Adresse ist',
  kinds: { ntfy: 'ntfy', webhook: 'Webhook' },
  address: 'Adresse',
  hint: {
    ntfy: 'Das eigene Thema bei ntfy.sh oder auf einem eigenen Server. Am besten ein Name, den niemand errät: Wer ihn kennt, kann mitlesen.',
    webhook: 'Er bekommt ein JSON-Objekt mit title, message, severity, machine und text.',
  },
  tell: 'Was das Telefon meldet',
  test: 'Probe senden',
  change: 'Adresse ändern',
  remove: 'Nicht mehr senden',
  goesTo: (host) => `Nachrichten gehen an ${host}. Der Rest der Adresse bleibt geheim.`,
  away: 'Nicht verfügbar, solange der Hintergrunddienst von Holdfast weg ist.',
  removed: 'Ans Telefon wird nichts mehr gesendet.',
  delivered: (when) => `Die letzte Nachricht kam ${when} an.`,
  failed: 'Die letzte Nachricht ist nicht angekommen:',
  again: (wait) => `Neuer Versuch in ${wait}.`,
  givenUp: 'Sie wurde aufgegeben.',
};

/** Of one gateway. */
export const gatewaySettings: Words['gatewaySettings'] = {
  agentsTitle: 'Was Agenten dürfen',
  agents: 'Agenten dürfen es starten, anhalten, neu starten und aktualisieren',
  agentsHint: 'Über „holdfast mcp“. Ansehen dürfen sie jedes Gateway.',
};
