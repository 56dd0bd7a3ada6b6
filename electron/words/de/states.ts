import type { Words } from '../words.ts';
import { counts } from './counting.ts';

export const states: Words['states'] = {
  stopped: 'Angehalten',
  starting: 'Startet',
  running: 'Läuft',
  degraded: 'Nicht in Ordnung',
  stopping: 'Wird angehalten',
  restarting: 'Startet neu',
  waiting: 'Wartet auf Neustart',
  released: 'Pausiert für das Update',
  failed: 'Startet nicht',
  unreachable: 'Nicht erreichbar',
  reachable: 'Erreichbar',
  byOthers: 'Läuft anderswo',
};

export const parts: Words['parts'] = {
  one: (name, why) => `${name} braucht Hilfe${why === null ? '' : `: ${why}`}`,
  several: (names) => `${counts.list(names)} brauchen Hilfe`,
  many: (count) => `${counts.number(count)} Teile brauchen Hilfe`,
};

export const proofs: Words['proofs'] = {
  verified: 'antwortet als das richtige',
  healthy: 'antwortet',
  alive: 'läuft',
};

export const survival: Words['survival'] = {
  proven: 'ja',
  assumed: 'sehr wahrscheinlich',
  impossible: 'nicht auf diesem System',
};

export const orders: Words['orders'] = {
  start: 'Starten',
  startNow: 'Jetzt starten',
  restart: 'Neu starten',
  stop: 'Anhalten',
  pause: 'Nicht mehr beobachten',
  update: (version) => `Auf ${version} aktualisieren`,
};

export const quantities: Words['quantities'] = {
  percent: (number) => `${number} %`,
  seconds: (number) => `${number} s`,
  milliseconds: (number) => `${number} ms`,
  perSecond: (size) => `${size}/s`,
  justNow: 'gerade eben',
  left: (time) => `noch ${time}`,
};
