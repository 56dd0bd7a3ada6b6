import type { Words } from '../words.ts';
import { counts } from './counting.ts';

export const palette: Words['palette'] = {
  title: 'Befehle',
  placeholder: 'Eine Ansicht öffnen, ein Gateway starten oder anhalten',
  list: 'Was möglich ist',
  nothing: (query) => `Nichts passt zu „${query}“.`,
  found: (count) =>
    `${counts.number(count)} ${counts.plural(count, { one: 'Ergebnis', other: 'Ergebnisse' })}`,
  hint: '↑ ↓ auswählen · Enter ausführen · Esc schließen',
  about: 'Über Holdfast',
  goTo: (view) => `Zu ${view}`,
  open: (name) => `${name} öffnen`,
  start: (name) => `${name} starten`,
  restart: (name) => `${name} neu starten`,
  stop: (verb, name) => `${name}: ${verb}`,
  update: (name, version) => `${name} auf ${version} aktualisieren`,
  logs: (name) => `Logs von ${name}`,
  history: (name) => `Verlauf von ${name}`,
  profile: (name) => `Einstellungen von ${name}`,
  find: (name) => `Im Log von ${name} suchen`,
  noGatewayShown: 'Erst ein Gateway öffnen: Dies gilt für das Gateway, das zu sehen ist.',
  refused: (name, why) => `${name}: ${why}`,
};

export const keys: Words['keys'] = {
  title: 'Tastenkürzel',
  groups: {
    anywhere: 'Überall',
    gateway: 'Für das Gateway, das zu sehen ist',
    window: 'Holdfast selbst',
  },
};

export const whyNot: Words['whyNot'] = {
  notConnected: 'Der Hintergrunddienst von Holdfast antwortet nicht.',
  remote: 'Es läuft auf einem anderen Rechner.',
  takesNoOrders: (owner) => `${owner} führt es aus und nimmt von Holdfast keine Befehle an.`,
  released: 'Es ist für ein Update pausiert.',
  restarting: 'Es startet gerade neu.',
  stopping: 'Es wird gerade angehalten.',
  starting: 'Es startet schon.',
  waiting: 'Es wird gleich wieder gestartet.',
  runs: 'Es läuft schon.',
  notRunning: 'Es läuft nicht.',
};
