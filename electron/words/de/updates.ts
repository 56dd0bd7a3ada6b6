import type { Words } from '../words.ts';
import { counts } from './counting.ts';

export const gatewayPhases: Words['gatewayPhases'] = {
  checking: 'Es wird geprüft, ob das Update möglich ist. Noch ist nichts angehalten.',
  rehearsing: 'Die neue Version wird neben der laufenden ausprobiert. Noch ist nichts angehalten.',
  stopping: 'Das Gateway wird angehalten.',
  copying: 'Eine Kopie wird angelegt, damit die alte Version zurückkommen kann.',
  installing: 'Die neue Version wird installiert.',
  proving: 'Das Gateway ist gestartet und muss antworten.',
  soaking: 'Die neue Version läuft und muss eine Weile in Ordnung bleiben.',
  confirming: 'Die neue Version läuft. Die alte kommt zurück, wenn die neue nicht behalten wird.',
  'rolling-back': 'Etwas ist schiefgegangen. Die alte Version wird zurückgeholt.',
};

export const phases: Words['phases'] = {
  armed: 'Die neue Version wird neben der laufenden ausprobiert. Noch ist nichts verändert.',
  releasing: 'Die Gateways, deren Dateien ersetzt werden, werden angehalten.',
  released: 'Die Dateien sind frei. Die neue Version wird installiert.',
  'handed-over': 'Holdfast schließt sich und öffnet sich gleich wieder.',
  replacing: 'Das neue Gateway wird gestartet.',
  proving: 'Die Gateways sind in Ordnung. Holdfast schließt sich und öffnet sich gleich wieder.',
  'starting-app': 'Das neue Holdfast wird geöffnet.',
  soaking:
    'Die neue Version läuft. Das Update ist fertig, wenn alles eine Weile in Ordnung geblieben ist.',
  confirming: gatewayPhases.confirming,
  'rolling-back': 'Etwas ist schiefgegangen. Das Update wird rückgängig gemacht.',
};

export const gatewayOutcomes: Words['gatewayOutcomes'] = {
  back: 'installiert',
  committed: 'installiert',
  'put-back': 'rückgängig gemacht',
  failed: 'fehlgeschlagen',
};

export const ownReceipts: Words['ownReceipts'] = {
  unchanged: 'nichts verändert',
  failed: 'nicht gelungen',
  because: (what, reason) => `${what}: ${reason}`,
  worked: 'gelungen',
  workedFrom: (before, after) => `gelungen (${before} → ${after})`,
};

export const updateWhens: Words['updateWhens'] = {
  ask: 'Auf Wunsch',
  idle: 'Von selbst, wenn es nichts zu tun hat',
  night: 'Von selbst, nachts, wenn es nichts zu tun hat',
  never: 'Nie, und nicht danach suchen',
};

export const updateWaits: Words['updateWaits'] = {
  quiet: 'sie wird installiert, wenn das Gateway eine Weile nichts zu tun hatte',
  night: 'sie wird nachts installiert, wenn das Gateway nichts zu tun hat',
  later: 'das letzte Update ist nicht gelungen; morgen wird es noch einmal versucht',
};

export const policies: Words['policies'] = {
  keep: 'Nicht angefasst',
  swap: 'Etwa eine Sekunde weg',
  release: 'Solange angehalten',
};

export const policyMeanings: Words['policyMeanings'] = {
  keep: 'läuft während des ganzen Updates weiter',
  swap: 'läuft weiter, bis die neue Version bereit ist, und wird dann in einem Moment ersetzt',
  release: 'wird angehalten, solange seine Dateien ersetzt werden, und dann wieder gestartet',
  stopped: 'bleibt angehalten',
};

export const outcomes: Words['outcomes'] = {
  back: 'Wird geprüft …',
  committed: 'Fertig',
  'put-back': 'Rückgängig gemacht',
  failed: 'Fehlgeschlagen',
};

export const results: Words['results'] = {
  kept: 'Lief weiter',
  replaced: 'Aktualisiert',
  restored: 'Wieder alte Version',
  'stopped-by-user': 'Angehalten, wie zuvor',
  down: 'Läuft nicht',
};

export const receipts: Words['receipts'] = {
  someGateways: 'Gateways',
  noneRefused: (wait) => `keine abgewiesen, höchstens ${wait} gewartet`,
  refused: (time) => `bis zu ${time} lang abgewiesen`,
  oldAgain: (names) =>
    `${counts.list(names)} ${counts.plural(names.length, { one: 'läuft', other: 'laufen' })} mit der alten Version`,
  newAnswers: 'die neue Version antwortet',
  healthyAgain: 'wieder in Ordnung',
  runningAgain: 'läuft wieder',
  undone: 'Das Update wurde rückgängig gemacht — alles läuft wie zuvor',
  failed: 'Das Update ist fehlgeschlagen',
  failedWithout: (names) =>
    `Das Update ist fehlgeschlagen — ${counts.list(names)} ${counts.plural(names.length, { one: 'läuft', other: 'laufen' })} nicht`,
  updated: 'Aktualisiert',
  nothingStopped: 'Aktualisiert, ohne etwas anzuhalten',
  backAfter: (time) => `Zurück nach ${time}`,
  proved: (what, proof) => `${what} — ${proof}`,
  notDoneYet: (step) => `${step}. Fertig ist es, wenn alles eine Weile in Ordnung geblieben ist.`,
  doneAfter: (step, time) => `${step}. Fertig: Alles blieb ${time} lang in Ordnung.`,
  done: (step) => `${step}. Fertig: Alles blieb in Ordnung.`,
  stayed: (from, to) => `Holdfast blieb bei ${from}; ${to} wurde nicht behalten.`,
  didNotWork: (step) => `${step} ist nicht gelungen.`,
};

export const steps: Words['steps'] = {
  prepared: 'Plan geschrieben',
  armed: 'Hintergrunddienst bereit',
  rehearsing: 'Neue Version von … wird ausprobiert',
  rehearsed: 'Die neue Version von … hat geantwortet',
  'rehearsal-failed': 'Die neue Version von … hat nicht gearbeitet',
  releasing: '… wird angehalten',
  'gateway-stopped': '… angehalten',
  released: 'Dateien frei',
  'handed-over': 'Hintergrunddienst hat übernommen',
  installing: 'Wird installiert',
  installed: 'Installiert',
  'app-gone': 'Holdfast geschlossen',
  'files-compared': 'Neue Dateien geprüft',
  'state-copied': 'Daten von … kopiert',
  'state-put-back': 'Daten von … zurückgelegt',
  'state-lost': 'Daten von … ließen sich nicht zurücklegen',
  'command-started': 'Update-Befehl von … gestartet',
  'command-done': 'Update-Befehl von … beendet',
  swapping: '… wird ersetzt',
  proved: '… ist in Ordnung',
  'not-proved': '… ist nicht in Ordnung',
  'app-launching': 'Holdfast wird geöffnet',
  'app-launched': 'Holdfast gestartet',
  'app-started': 'Holdfast ist offen',
  back: 'Alles ist zurück',
  soaked: 'Alles blieb in Ordnung',
  'version-kept': 'Die neue Version wurde behalten',
  'app-left': 'Holdfast wurde geschlossen',
  'app-lost': 'Holdfast endete unerwartet',
  'soak-problem': 'Etwas stimmt nicht',
  'putting-back': 'Update wird rückgängig gemacht',
  'files-restored': 'Alte Dateien sind zurück',
  'new-app-ended': 'Neues Holdfast geschlossen',
  'old-app-failed': 'Das alte Holdfast hat sich nicht geöffnet',
  resumed: '… startet wie üblich',
  committed: 'Fertig',
  'put-back': 'Rückgängig gemacht',
  failed: 'Fehlgeschlagen',
};
