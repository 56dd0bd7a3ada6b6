import type { Words } from '../words.ts';
import { counts } from './counting.ts';

export const sidebar: Words['sidebar'] = {
  home: 'Start',
  add: 'Hinzufügen',
  updates: 'Updates',
  settings: 'Einstellungen',
  gateways: 'Gateways',
  marks: {
    news: 'Eine neue Version wartet',
    busy: 'Ein Update ist im Gang',
    problem: 'Das Update braucht eine Entscheidung',
  },
  broken: (count) =>
    counts.plural(count, {
      one: 'Ein Profil ist nicht benutzbar',
      other: `${counts.number(count)} Profile sind nicht benutzbar`,
    }),
};

export const titles: Words['titles'] = {
  welcome: 'Willkommen',
  logs: (gateway) => `Logs von ${gateway}`,
  history: (gateway) => `Verlauf von ${gateway}`,
  profile: (gateway) => `Einstellungen von ${gateway}`,
};

export const opening: Words['opening'] = {
  waiting: 'Holdfast wird geöffnet …',
  noAnswer: 'Holdfast antwortet nicht',
  noAnswerMore:
    'Es wird von selbst weiter versucht; wenn es so bleibt: Holdfast beenden und neu starten.',
  noBridge: 'Dieses Fenster ist nicht mit Holdfast verbunden',
  noBridgeMore:
    'Die Verbindung zur App fehlt. Holdfast beenden und neu starten; wenn es so bleibt, neu installieren.',
  looking: 'Die Gateways werden gesucht …',
};

export const banners: Words['banners'] = {
  stale: (since) => `Was zu sehen ist, ist veraltet, seit ${since}`,
  appStale: 'Holdfast versucht es von selbst weiter.',
  serviceStale:
    'Der Hintergrunddienst von Holdfast antwortet, ist aber nicht zu lesen. Die Gateways laufen weiter; Holdfast versucht es weiter.',
  connecting: 'Der Hintergrunddienst von Holdfast startet …',
  notAffected: 'Die Gateways sind davon nicht betroffen.',
  reconnecting: 'Verbindung zum Hintergrunddienst von Holdfast wird wiederhergestellt …',
  lastKnown: 'Zu sehen ist der letzte bekannte Stand; laufende Gateways laufen weiter.',
  updating: (version) => `Holdfast wird auf ${version} aktualisiert …`,
  runsNow: (version) => `Jetzt läuft Holdfast ${version}. Behalten?`,
  keepVersion: (version) => `Version ${version} behalten`,
  goBackTo: (version) => `Zu ${version} zurückkehren`,
  notKept: (version) => `Ohne Antwort kehrt Holdfast von selbst zu ${version} zurück.`,
  receipt: 'Beleg',
  found: (names) => `Auf diesem Rechner gefunden: ${names.join(', ')}`,
  look: 'Ansehen',
  canLookAfter: (count) =>
    `Holdfast kann sich ${counts.plural(count, { one: 'darum', other: 'um sie' })} kümmern.`,
};

export const quitting: Words['quitting'] = {
  title: (count) =>
    counts.plural(count, {
      one: 'Das Gateway weiterlaufen lassen?',
      other: 'Die Gateways weiterlaufen lassen?',
    }),
  stop: 'Anhalten und beenden',
  keep: 'Laufen lassen und beenden',
  more: (names) =>
    `${counts.list(names)} ${counts.plural(names.length, { one: 'läuft', other: 'laufen' })}. Der Hintergrunddienst von Holdfast kann sich weiter ${counts.plural(names.length, { one: 'darum', other: 'um sie' })} kümmern, während Holdfast geschlossen ist.`,
  remember: 'Diese Wahl merken',
};
