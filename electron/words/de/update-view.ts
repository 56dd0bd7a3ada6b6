import type { Words } from '../words.ts';
import { counts } from './counting.ts';

export const updating: Words['updating'] = {
  title: 'Updates',
  using: 'Installiert ist Holdfast',
  usingEnd: '.',
  unavailable: 'Diese Kopie kann sich nicht selbst aktualisieren',
  look: 'Nach einer neueren Version suchen',
  looking: 'Eine neuere Version wird gesucht …',
  newest: 'Das ist die neueste Version',
  check: 'Nach Updates suchen',
  checkAgain: 'Noch einmal suchen',
  notChecked: 'Noch nicht gesucht.',
  checked: (when) => `Zuletzt gesucht: ${when}.`,
  available: (version) => `Holdfast ${version} ist verfügbar`,
  downloading: (version) => `Holdfast ${version} wird geladen`,
  ready: (version) => `Holdfast ${version} ist bereit`,
  underWay: (version) => `Holdfast wird auf ${version} aktualisiert`,
  goingBack: (version) => `Rückkehr zu Holdfast ${version}`,
  download: 'Herunterladen',
  pause: 'Pausieren',
  resume: 'Fortsetzen',
  paused: (version) => `Der Download von Holdfast ${version} ist pausiert`,
  silent: (time) =>
    `Der Server hat seit ${time} nichts gesendet. Holdfast wartet bis zu einer Minute.`,
  notOffered: (version) =>
    `Das Update auf Version ${version} wurde rückgängig gemacht, deshalb wird es nicht von selbst angeboten. Das nächste schon.`,
  install: 'Jetzt aktualisieren',
  retry: {
    check: 'Noch einmal suchen',
    download: 'Noch einmal laden',
    install: 'Noch einmal aktualisieren',
    return: 'Noch einmal versuchen',
  },
  failed: (version) => `Das Update auf ${version} ist nicht gelungen`,
  checkFailed: 'Die Suche ist nicht gelungen',
  returnFailed: 'Holdfast ist nicht zurückgekehrt',
  kept: (version) => `Version ${version} ist aufgehoben`,
  keptMore:
    'Sie war vorher installiert, und ihre Datei ist noch da. Die Rückkehr ist jederzeit möglich, auch ohne Netz.',
  goBack: (version) => `Zu ${version} zurückkehren …`,
  goBackTitle: (version) => `Zu Version ${version} zurückkehren?`,
  goBackText: (version) =>
    `Holdfast schließt und öffnet sich wieder als Version ${version}. Das geschieht wie ein Update: Gateways, die mit Holdfast kommen, erhalten den Stand dieser Version und müssen antworten, die anderen laufen weiter, und wenn etwas nicht gelingt, wird alles rückgängig gemacht.`,
  goBackAfter: (version) =>
    `Version ${version} wird dann aufgehoben und nicht mehr von selbst angeboten.`,
  goBackNow: 'Jetzt zurückkehren',
  progress: (version) => `Download von Holdfast ${version}`,
  transferred: (percent, done, all) => `${percent} · ${done} von ${all}`,
  timeLeft: (time) => `noch etwa ${time}`,
  held: (version) => `Holdfast ${version} kann noch nicht installiert werden`,
  heldByUnknown: 'Ein anderes Programm hält Dateien fest, die ersetzt werden müssen.',
  heldBy: (names) =>
    `${counts.list(names)} ${counts.plural(names.length, { one: 'hält', other: 'halten' })} Dateien fest, die ersetzt werden müssen.`,
  closeThem: (count) =>
    `${counts.plural(count, { one: 'Das Programm', other: 'Die Programme' })} schließen und es noch einmal versuchen, oder abbrechen: dann wird alles rückgängig gemacht.`,
  process: (pid) => `Prozess ${pid}`,
  cancelUpdate: 'Update abbrechen',
  newIn: (version) => `Was in ${version} neu ist`,
  isNew: 'Was neu ist',
  noNotes: 'Diese Version kommt ohne Hinweise.',
  later: 'Später',
  heldUp: {
    battery:
      'Wartet, bis der Akku 20 % hat oder dieser Computer am Netz hängt. Der Knopf wartet nicht.',
    metered: 'Wartet, bis das Netz nicht mehr nach Verbrauch abrechnet. Der Knopf wartet nicht.',
  },
  installsItself: {
    idle: 'Wird installiert, sobald zehn Minuten lang niemand an diesem Computer war und kein Gateway arbeitet.',
    night:
      'Wird zwischen zwei und fünf Uhr nachts installiert, wenn niemand an diesem Computer ist und kein Gateway arbeitet.',
    quit: 'Wird installiert, wenn Sie Holdfast beenden und die Gateways weiterlaufen lassen.',
  },
  skip: 'Diese Version überspringen',
  showLog: 'Log zeigen',
  offerAgain: 'Wieder anbieten',
  skipped: (version) =>
    `Version ${version} wird übersprungen. Die nächste wird wie üblich angeboten.`,
  putOff: (version, when) => `Version ${version} wird am ${when} wieder angeboten.`,
  plan: 'Was das Update tut',
  escapeWarning:
    'Auf diesem System endet der Hintergrunddienst von Holdfast vielleicht zusammen mit Holdfast. Wenn beim Neustart etwas schiefgeht, Holdfast von Hand starten: Dann wird das Update beendet oder rückgängig gemacht.',
  planNote:
    'Holdfast schließt und öffnet sich wieder. Wenn etwas nicht gelingt, wird alles rückgängig gemacht.',
  steps: {
    preparing: 'Vorbereiten',
    releasing: 'Anhalten, was die Dateien nutzt',
    installing: 'Installieren',
    'handed-over': 'Neu starten und prüfen',
  },
  preparing:
    'Festplatte und Dateien werden geprüft, die neue Version wird neben der laufenden ausprobiert. Noch ist nichts verändert.',
  releasing: (time) =>
    `Gateways, die die Dateien nutzen, bringen ihre Arbeit zu Ende, noch ${time}.`,
  released: 'Es wird sichergestellt, dass nichts mehr die Dateien festhält.',
  installing: 'Die neue Version wird eingesetzt. Bitte den Rechner nicht ausschalten.',
  doneSoFar: 'Bisher getan',
};

export const receiptView: Words['receiptView'] = {
  title: 'Beleg des letzten Updates',
  earlier: 'Frühere Updates',
  copied: 'Der Beleg wurde kopiert.',
  technical: (steps) =>
    `Technische Details: ${counts.number(steps)} ${counts.plural(steps, { one: 'Schritt', other: 'Schritte' })}`,
  escape: (rung) => `Der Hintergrunddienst lebte außerhalb der App als: ${rung}.`,
  away: 'Weg',
  never: 'nie',
  clients: 'Clients',
  planned: 'Geplant',
};
