/** Updates of Holdfast and of gateways: what is done, how it ended. */
import { counts } from './counting.ts';

/** What the update of a gateway does in each of its phases. */
export const gatewayPhases = {
  checking: 'It is asked whether the update can be done. Nothing is stopped yet.',
  rehearsing: 'The new version is tried beside the running one. Nothing is stopped yet.',
  stopping: 'The gateway is being stopped.',
  copying: 'A copy is made, so that the old version can come back.',
  installing: 'The new version is being installed.',
  proving: 'The gateway is started and has to answer.',
  soaking: 'The new version runs, and has to stay well for a while.',
  confirming: 'The new version runs. The old one comes back unless you keep the new one.',
  'rolling-back': 'Something went wrong. The old version is being brought back.',
};

/** What the update of Holdfast does in each of its phases. */
export const phases = {
  armed: 'Trying the new version beside what runs. Nothing has been touched yet.',
  releasing: 'Stopping the gateways whose files are replaced.',
  released: 'The files are free. Installing the new version.',
  'handed-over': 'Holdfast closes, and opens again in a moment.',
  replacing: 'Starting the new gateway.',
  proving: 'The gateways are healthy. Holdfast closes, and opens again in a moment.',
  'starting-app': 'Opening the new Holdfast.',
  soaking:
    'The new version runs. The update is done once everything has stayed healthy for a while.',
  confirming: gatewayPhases.confirming,
  'rolling-back': 'Something went wrong. Undoing the update.',
};

/** How an update of a gateway ended; parts. */
export const gatewayOutcomes = {
  back: 'installed',
  committed: 'installed',
  'put-back': 'undone',
  failed: 'failed',
};

/** What the updater of a gateway wrote; parts. */
export const ownReceipts = {
  unchanged: 'it changed nothing',
  failed: 'it did not work',
  because: (what: string, reason: string): string => `${what}: ${reason}`,
  worked: 'it worked',
  workedFrom: (before: string, after: string): string => `it worked (${before} → ${after})`,
};

/** When new versions of a gateway are installed. */
export const updateWhens = {
  ask: 'When I ask for it',
  idle: 'By itself, when it has nothing to do',
  night: 'By itself, at night, when it has nothing to do',
  never: 'Never, and don’t look for them',
};

/** What such an update waits for; parts. */
export const updateWaits = {
  quiet: 'it will be installed when the gateway has had nothing to do for a while',
  night: 'it will be installed at night, when the gateway has nothing to do',
  later: 'the last update did not work; it will be tried again tomorrow',
};

/** What an update of Holdfast does to a gateway, in short. */
export const policies = {
  keep: 'Not touched',
  swap: 'Away for about a second',
  release: 'Stopped for the time',
};

/** The same after the gateway’s name; parts. */
export const policyMeanings = {
  keep: 'runs on through the whole update',
  swap: 'runs on until the new version is up, then is replaced in a moment',
  release: 'is stopped while its files are replaced, then started again',
  stopped: 'stays stopped',
};

export const outcomes = {
  back: 'Checking…',
  committed: 'Done',
  'put-back': 'Undone',
  failed: 'Failed',
};

export const results = {
  kept: 'Kept running',
  replaced: 'Updated',
  restored: 'Old version again',
  'stopped-by-user': 'Stopped, as you left it',
  down: 'Not running',
};

export const receipts = {
  /** Where a step is about gateways that are not named. */
  someGateways: 'gateways',
  /** What clients met while a gateway was away; parts. */
  noneRefused: (wait: string): string => `none refused, waited ${wait} at most`,
  refused: (time: string): string => `refused for up to ${time}`,
  oldAgain: (names: readonly string[]): string =>
    `${counts.list(names)} ${counts.plural(names.length, { one: 'runs its', other: 'run their' })} old version`,
  newAnswers: 'the new version answers',
  healthyAgain: 'healthy again',
  runningAgain: 'running again',
  undone: 'The update was undone — everything runs as before',
  failed: 'The update failed',
  failedWithout: (names: readonly string[]): string =>
    `The update failed — ${counts.list(names)} ${counts.plural(names.length, { one: 'is', other: 'are' })} not running`,
  updated: 'Updated',
  nothingStopped: 'Updated without stopping anything',
  backAfter: (time: string): string => `Back after ${time}`,
  proved: (what: string, proof: string): string => `${what} — ${proof}`,
  notDoneYet: (step: string): string =>
    `${step}. It counts as done once everything has stayed healthy for a while.`,
  doneAfter: (step: string, time: string): string =>
    `${step}. Done: everything stayed healthy for ${time}.`,
  done: (step: string): string => `${step}. Done: everything stayed healthy.`,
  stayed: (from: string, to: string): string => `Holdfast stayed at ${from}; ${to} was not kept.`,
  didNotWork: (step: string): string => `${step} did not work out.`,
};

/** The steps of an update; `…` stands for the gateways that a step is about. */
export const steps = {
  prepared: 'Plan written',
  armed: 'Background service ready',
  rehearsing: 'Trying the new version of …',
  rehearsed: 'The new version of … answered',
  'rehearsal-failed': 'The new version of … did not serve',
  releasing: 'Stopping …',
  'gateway-stopped': '… stopped',
  released: 'Files free',
  'handed-over': 'Background service took over',
  installing: 'Installing',
  installed: 'Installed',
  'app-gone': 'Holdfast closed',
  'files-compared': 'New files checked',
  'state-copied': 'Data of … copied',
  'state-put-back': 'Data of … put back',
  'state-lost': 'Data of … could not be put back',
  'command-started': 'Update command of … started',
  'command-done': 'Update command of … ended',
  swapping: 'Replacing …',
  proved: '… is healthy',
  'not-proved': '… is not healthy',
  'app-launching': 'Opening Holdfast',
  'app-launched': 'Holdfast started',
  'app-started': 'Holdfast is open',
  back: 'Everything is back',
  soaked: 'Everything stayed healthy',
  'version-kept': 'You kept the new version',
  'app-left': 'Holdfast was closed',
  'app-lost': 'Holdfast ended unexpectedly',
  'soak-problem': 'Something is wrong',
  'putting-back': 'Undoing the update',
  'files-restored': 'Old files are back',
  'new-app-ended': 'New Holdfast closed',
  'old-app-failed': 'The old Holdfast did not open',
  resumed: '… starts as usual',
  committed: 'Done',
  'put-back': 'Undone',
  failed: 'Failed',
};
