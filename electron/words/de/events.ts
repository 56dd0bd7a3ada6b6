import type { Words } from '../words.ts';
import { counts } from './counting.ts';

export const eventStates: Words['eventStates'] = {
  up: 'Läuft',
  unwell: 'Nicht in Ordnung',
  down: 'Ausgefallen',
  off: 'Angehalten',
  unknown: 'Nicht bekannt',
};

export const watchReasons: Words['watchReasons'] = {
  boot: 'Der Rechner wurde gestartet, und Holdfast kümmert sich darum',
  started: 'Der Hintergrunddienst von Holdfast ist gestartet',
  added: 'Holdfast kümmert sich ab jetzt darum',
  succession: 'Ein neuerer Hintergrunddienst hat übernommen',
  'taken-back': 'Der Hintergrunddienst hat es wieder übernommen',
  other: 'Holdfast kümmert sich darum',
};

export const unwatchReasons: Words['unwatchReasons'] = {
  succession: 'Der Hintergrunddienst hat an einen neueren übergeben',
  retired: 'Der Hintergrunddienst wurde auf Wunsch beendet',
  signal: 'Der Hintergrunddienst wurde vom System oder von einem anderen Programm beendet',
  idle: 'Der Hintergrunddienst hat sich beendet, weil nichts mehr zu tun war',
  other: 'Niemand kümmert sich mehr darum',
};

export const startReasons: Words['startReasons'] = {
  boot: 'Gestartet, weil der Rechner gestartet wurde',
  watcher: 'Gestartet, weil der Hintergrunddienst von Holdfast gestartet ist',
  added: 'Gestartet, weil es hinzugefügt wurde',
  user: 'Gestartet',
  crash: 'Neu gestartet',
  asked: 'Neu gestartet, wie es selbst verlangt hat',
  hung: 'Neu gestartet, weil es nicht mehr geantwortet hat',
  overdue: 'Neu gestartet, weil es nicht rechtzeitig bereit war',
  update: 'Nach einem Update gestartet',
  retry: 'Gestartet: ein weiterer Versuch',
  'owner-gone': 'Gestartet, weil es niemand anderes mehr ausführt',
  'not-quit': 'Neu gestartet, weil Holdfast nicht beendet wurde',
  other: 'Gestartet',
};

export const requests: Words['requests'] = {
  user: 'von Hand',
  userThrough: {
    window: 'von Hand im Fenster',
    tray: 'von Hand im Infobereich',
    'command-line': 'von Hand auf der Befehlszeile',
    agent: 'von einem Agenten, dem Sie es erlaubt haben',
  },
  quit: 'mit allen Gateways, weil Holdfast beendet wurde',
  update: 'für ein Update',
  holdfast: 'von Holdfast',
};

export const exits: Words['exits'] = {
  code: (code) => `Exit-Code ${code}`,
  codeUnknown: 'Exit-Code unbekannt',
  signal: (signal) => `durch ${signal} beendet`,
  stopped: (request) => `${request} angehalten`,
  restarted: (request) => `${request} neu gestartet`,
  background: 'in den Hintergrund gegangen',
  ownCommand: 'durch den eigenen Befehl angehalten',
  memory: {
    known: 'dem System ging der Speicher aus, es hat den Prozess beendet',
    likely: 'durch SIGKILL beendet, sehr wahrscheinlich aus Speichermangel',
    possible:
      'durch SIGKILL beendet, vielleicht aus Speichermangel: seit dem Start hat das System deswegen einen Prozess beendet',
  },
};

export const events: Words['events'] = {
  watching: (reason, version) => `${reason}${version ? ` (Holdfast ${version})` : ''}.`,
  unwatched: (reason) => `${reason}.`,
  started: (reason, request, attempt) =>
    `${reason}${request === null ? '' : `, ${request}`}${attempt === null ? '' : ` (Versuch ${attempt})`}.`,
  adopted: 'Es lief schon, und Holdfast hat es ohne Neustart übernommen.',
  ready: (after) => (after === null ? 'Bereit.' : `Bereit nach ${after}.`),
  endedByItself: (how) => `Es hat sich selbst beendet: ${how}.`,
  crashed: (how) => `Es ist abgestürzt: ${how}.`,
  endedBySignal: (signal) =>
    `Es wurde durch ${signal} beendet; wer das geschickt hat, ist nicht bekannt.`,
  ended: (how) => `Es wurde beendet: ${how}.`,
  endedWithSystem: 'Mit dem System beendet.',
  hung: 'Es hat nicht mehr geantwortet und wird ersetzt.',
  overdue: 'Es war nicht rechtzeitig bereit und wird ersetzt.',
  unwell: 'Es ist nicht in Ordnung.',
  recovered: 'Wieder in Ordnung.',
  failed: 'Es kann nicht gestartet werden.',
  stopped: (request) => `Angehalten, ${request}.`,
  notWanted: 'Es soll nicht laufen.',
  released: 'Bleibt für ein Update angehalten.',
  external: (owner) => `${owner ?? 'Jemand anderes'} führt es aus; Holdfast sieht nur zu.`,
  updated: (own, from, to) =>
    `${own ? 'Holdfast wurde aktualisiert' : 'Aktualisiert'}${from ? ` von ${from}` : ''}${to ? ` auf ${to}` : ''}.`,
  notUpdated: (own, to, failed) =>
    `${own ? 'Das Update von Holdfast' : 'Das Update'}${to ? ` auf ${to}` : ''} ${failed ? 'ist fehlgeschlagen' : 'wurde rückgängig gemacht'}.`,
  away: (time) => `Es war ${time} nicht da.`,
  profileChanged: (fields) => `Das Profil wurde geändert: ${fields.join(', ')}.`,
  profileRemoved: 'Aus Holdfast entfernt.',
  asleep: (time) =>
    time === null ? 'Der Rechner war im Ruhezustand.' : `Der Rechner war ${time} im Ruhezustand.`,
  leftOut: (count, restarts) =>
    `${count ?? 'Einige'} Einträge wurden weggelassen, um Platz zu sparen${restarts > 0 ? `, mit ${restarts} Neustarts` : ''}.`,
  unknown: (kind, facts) => `„${kind}“, wie es eine andere Version von Holdfast nennt${facts}.`,
  running: 'Läuft.',
  starting: 'Startet.',
  nobodyWatched: 'Der Hintergrunddienst von Holdfast lief nicht.',
  machineOff: 'Der Rechner war aus, oder der Hintergrunddienst von Holdfast lief nicht.',
  notRecorded: 'Noch nichts aufgezeichnet.',
};

export const summaries: Words['summaries'] = {
  never: 'Es sollte nicht laufen, oder niemand hat es beobachtet.',
  all: (up, absence, restarts) =>
    `${up} der Zeit da, ${absence === null ? 'nie ausgefallen' : `höchstens ${absence} ausgefallen`}, ${
      restarts === 0 ? 'kein' : counts.number(restarts)
    } ${counts.plural(restarts === 0 ? 1 : restarts, { one: 'Neustart', other: 'Neustarts' })}.`,
};
