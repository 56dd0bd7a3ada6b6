/** The view of Holdfast's own updates. */
import { counts } from './counting.ts';

export const updating = {
  title: 'Updates',
  /** Before and after the version. */
  using: 'You are using Holdfast',
  usingEnd: '.',
  unavailable: 'This copy can’t update itself',
  look: 'Look for a newer version',
  looking: 'Looking for a newer version…',
  newest: 'You have the newest version',
  check: 'Check for updates',
  checkAgain: 'Check again',
  notChecked: 'Not checked yet.',
  checked: (when: string): string => `Last checked ${when}.`,
  available: (version: string): string => `Holdfast ${version} is available`,
  downloading: (version: string): string => `Downloading Holdfast ${version}`,
  ready: (version: string): string => `Holdfast ${version} is ready`,
  underWay: (version: string): string => `Updating to Holdfast ${version}`,
  goingBack: (version: string): string => `Going back to Holdfast ${version}`,
  download: 'Download',
  pause: 'Pause',
  resume: 'Resume',
  paused: (version: string): string => `The download of Holdfast ${version} is paused`,
  silent: (time: string): string =>
    `The server has sent nothing for ${time}. Holdfast waits up to a minute.`,
  notOffered: (version: string): string =>
    `The update to version ${version} was undone, so it is not offered by itself. The next one is.`,
  install: 'Update now',
  retry: {
    check: 'Check again',
    download: 'Download again',
    install: 'Try the update again',
    return: 'Try again',
  },
  failed: (version: string): string => `The update to ${version} did not go through`,
  checkFailed: 'The check did not work',
  returnFailed: 'Holdfast did not go back',
  kept: (version: string): string => `Version ${version} is kept`,
  keptMore:
    'It was installed before, and its file is still here. You can go back to it at any time, also without a network.',
  goBack: (version: string): string => `Go back to ${version}…`,
  goBackTitle: (version: string): string => `Go back to version ${version}?`,
  goBackText: (version: string): string =>
    `Holdfast closes and opens again as version ${version}. It is done like an update: gateways that ship with Holdfast get the build of that version and have to answer, the others run on, and if anything fails, everything is undone.`,
  goBackAfter: (version: string): string =>
    `Version ${version} is kept then, and is not offered by itself any more.`,
  goBackNow: 'Go back now',
  progress: (version: string): string => `Download of Holdfast ${version}`,
  transferred: (percent: string, done: string, all: string): string =>
    `${percent} · ${done} of ${all}`,
  timeLeft: (time: string): string => `about ${time} left`,
  held: (version: string): string => `Holdfast ${version} can’t be installed yet`,
  heldByUnknown: 'Another program holds files that have to be replaced.',
  heldBy: (names: readonly string[]): string =>
    `${counts.list(names)} ${counts.plural(names.length, { one: 'holds', other: 'hold' })} files that have to be replaced.`,
  closeThem: (count: number): string =>
    `Close ${count === 1 ? 'it' : 'them'} and try again, or cancel: then everything is undone.`,
  process: (pid: number): string => `process ${pid}`,
  cancelUpdate: 'Cancel the update',
  newIn: (version: string): string => `What is new in ${version}`,
  isNew: 'What is new',
  noNotes: 'This version comes without notes.',
  later: 'Later',
  heldUp: {
    battery:
      'Waiting until the battery has 20 %, or this computer runs on mains. The button does not wait.',
    metered: 'Waiting until the network is not metered. The button does not wait.',
  },
  installsItself: {
    idle: 'It is installed once nobody has used this computer for ten minutes and no gateway is at work.',
    night:
      'It is installed between two and five at night, while nobody uses this computer and no gateway is at work.',
    quit: 'It is installed when you quit Holdfast and keep the gateways running.',
  },
  skip: 'Skip this version',
  showLog: 'Show log',
  offerAgain: 'Offer it again',
  skipped: (version: string): string =>
    `You skip version ${version}. The next one is offered as usual.`,
  putOff: (version: string, when: string): string =>
    `Version ${version} is offered again on ${when}.`,
  plan: 'What the update does',
  escapeWarning:
    'On this system Holdfast’s background service may end together with Holdfast. If something goes wrong while Holdfast restarts, start it again by hand: it then finishes or undoes the update.',
  planNote: 'Holdfast closes and opens again. If anything fails, everything is undone.',
  /** The steps of an update under way. */
  steps: {
    preparing: 'Prepare',
    releasing: 'Stop what uses the files',
    installing: 'Install',
    'handed-over': 'Restart and check',
  },
  preparing:
    'Checking the disk and the files, and trying the new version beside what runs. Nothing has been touched yet.',
  releasing: (time: string): string =>
    `Gateways that use the files finish their work, ${time} left.`,
  released: 'Making sure that nothing holds the files any more.',
  installing: 'The new version is put in place. Please don’t turn off the computer.',
  doneSoFar: 'Done so far',
};

export const receiptView = {
  title: 'Receipt of the last update',
  earlier: 'Earlier updates',
  copied: 'The receipt was copied.',
  technical: (steps: number): string =>
    `Technical details: ${counts.number(steps)} ${counts.plural(steps, { one: 'step', other: 'steps' })}`,
  escape: (rung: string): string => `The background service lived outside the app as: ${rung}.`,
  away: 'Away',
  never: 'never',
  clients: 'Clients',
  planned: 'Planned',
};
