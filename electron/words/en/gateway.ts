/** Home, and the views of one gateway but its log. */
import { counts } from './counting.ts';

export const home = {
  title: 'Home',
  /** Before it is known how they are. */
  yours: 'Your gateways',
  oneProblem: 'There is a problem',
  problems: (troubled: number, all: number): string =>
    `${counts.number(troubled)} of ${counts.number(all)} gateways ${counts.plural(troubled, { one: 'has', other: 'have' })} a problem`,
  allRun: 'Everything is running',
  noneRuns: 'Nothing is running',
  oneMoment: 'One moment…',
  someRun: (well: number, all: number): string =>
    `${counts.number(well)} of ${counts.number(all)} gateways are running`,
  troubled: 'With a problem',
  untroubled: 'Without a problem',
  rest: 'Everything else',
  actions: (name: string): string => `Actions for ${name}`,
  action: (verb: string, name: string): string => `${verb}: ${name}`,
  logs: 'Logs',
};

/** Profiles that can't be used. */
export const broken = {
  title: 'Profiles that can’t be used',
  open: 'Open file',
  after: 'It counts as soon as it is saved.',
  inForce: 'Until it is saved in order, what was in the file before is in force.',
};

/** What follows a state's name; parts. */
export const details = {
  waitingForAnswer: (time: string): string => `waiting for it to answer, ${time} so far`,
  up: (time: string): string => `up for ${time}`,
  healthy: (time: string): string => `healthy for ${time}`,
  timeToFinish: (time: string): string => `${time} left to finish`,
  outOfTime: 'out of time, ending it',
  nextStart: (time: string): string => `next start in ${time}`,
  startingNow: 'starting now',
  released: (time: string): string => `for ${time}, until the new version is in place`,
  watched: (time: string): string => `watched for ${time}`,
  justStarted: 'just started',
  port: (port: number): string => `port ${port}`,
  restartsToday: (count: number): string =>
    count === 0
      ? 'no restarts today'
      : `${counts.number(count)} ${counts.plural(count, { one: 'restart', other: 'restarts' })} today`,
  lastRan: (when: string): string => `last ran ${when}`,
  neverStarted: 'not started yet',
  attempt: (attempt: number): string => `try ${attempt}`,
};

/** A sentence below the state. */
export const explanations = {
  restartsWhenDone: (tasks: number): string =>
    counts.plural(tasks, {
      one: 'Restarts once its task is done.',
      other: `Restarts once its ${counts.number(tasks)} tasks are done.`,
    }),
  waitsUntilDone: (tasks: number): string =>
    counts.plural(tasks, {
      one: 'Waiting until its task is done.',
      other: `Waiting until its ${counts.number(tasks)} tasks are done.`,
    }),
  forFiles: 'It is stopped so that its files can be replaced.',
  startsAgain: 'It starts again as soon as it has ended.',
  attempt: (attempt: number): string => `This is attempt ${attempt}.`,
  notStarted: 'It has not been started yet.',
  remote: (address: string): string => `It runs on another machine and is asked at ${address}.`,
  takesOrders: (owner: string): string =>
    `${owner} looks after it. Start, Stop and Restart are passed on.`,
  leftAlone: (owner: string): string =>
    `It is run by ${owner}, and Holdfast leaves it alone. When it ends, Holdfast starts it.`,
};

export const gateway = {
  demo: '(comes with Holdfast)',
  views: (name: string): string => `Views of ${name}`,
  tabs: { status: 'Overview', logs: 'Logs', history: 'History', profile: 'Settings' },
  control: (name: string): string => `Control ${name}`,
  endNow: 'End it now',
  restartWhenIdle: 'Restart when idle',
  restartsWhenIdle: 'Restarts when idle',
  changed: 'Its settings were changed',
  changedMore: 'Takes effect at the next start.',
};

export const profile = {
  edit: 'Edit',
  editOf: (name: string): string => `Edit ${name}`,
  rename: 'Rename',
  duplicate: 'Duplicate',
  duplicated: (name: string): string =>
    `This is a copy of ${name}. It is not started until you start it.`,
  of: (name: string): string => `The profile of ${name}`,
  how: 'How it is run',
  unreadable: 'Its profile can’t be read just now.',
  when: 'When Holdfast starts and updates',
  onUpdate: 'When Holdfast updates',
  command: 'Command',
  folder: 'Folder',
  address: 'Address',
  program: 'Program',
  shipped: 'comes with Holdfast',
  port: 'Port',
  variables: 'Environment variables',
  autostart: 'Start it with Holdfast’s background service',
  autostartHint: 'Off: it is started only when you ask.',
  openFolder: 'Open profiles folder',
};

export const removal = {
  title: 'Remove it from Holdfast',
  updating: 'It is being updated. It can be removed afterwards.',
  external: (name: string): string =>
    `Holdfast no longer looks after it. ${name} itself is left as it is.`,
  running: 'It is running, so it is stopped first. Its log and its data stay on the disk.',
  stopped: 'Its profile is removed. Its log and its data stay on the disk.',
  removed: (name: string): string => `${name} was removed.`,
  stoppedAndRemoved: (name: string): string => `${name} was stopped and removed.`,
};

export const facts = {
  title: 'Details',
  runBy: 'Run by',
  restarts: 'Restarts',
  noRestarts: 'none',
  lastStop: 'Last stop',
  noStop: 'none seen',
  started: 'Started',
  checked: 'Checked',
  logFile: 'Log file',
  showLogFile: 'Show log file',
  /** What the last check proved. */
  proofs: {
    verified: 'It answered with the secret mark that it was started with, and with its build.',
    healthy: 'Its health check passes.',
    alive: 'Its process runs; it has no health check.',
  },
};

export const trouble = {
  title: 'What is wrong',
  printed: 'What it printed last',
  otherPort: 'Use another port',
  itsSettings: 'Its settings',
};

/** What a gateway says of itself. */
export const ownReport = {
  title: 'It says',
  state: 'Its state',
  busy: 'Working on',
  nothing: 'Nothing',
  tasks: (count: number): string =>
    `${counts.number(count)} ${counts.plural(count, { one: 'task', other: 'tasks' })}`,
  because: 'Because',
  parts: 'Its parts',
};

export const usage = {
  title: 'Memory and processor',
  memory: 'Memory',
  cpu: 'Processor',
  measuring: 'measuring…',
  range: (least: string, most: string): string => `${least} to ${most}`,
  /** Read aloud instead of the line. */
  line: (what: string, now: string, range: string): string =>
    `${what} since you look, at most two minutes: ${now} now, ${range}`,
  note: (processes: number): string =>
    `${counts.number(processes)} ${counts.plural(processes, { one: 'process', other: 'processes' })}. Measured only while this window is seen; 100 % is one processor.`,
};

/** Offers beside a gateway's state. */
export const offers = {
  pinned: (name: string, version: string, failed: string): string =>
    `${name} runs the previous version ${version}, because the update to ${failed} failed.`,
  unseen: (name: string): string => `Holdfast can’t see yet whether ${name} is well.`,
  watchPort: 'Watch this port',
  useCheck: 'Use this check',
  listens: (port: number): string =>
    `It listens on port ${port}. From its next start on, Holdfast can wait for that.`,
  answers: (port: number, path: string): string =>
    `It listens on port ${port} and answers at ${path}. From its next start on, Holdfast can ask there, and restart it when it hangs.`,
};

/** The versions of a gateway. */
export const versions = {
  title: 'Version',
  available: (name: string, version: string): string => `${name} ${version} is available.`,
  installedNow: (version: string): string => `Version ${version} is installed.`,
  stops: 'The gateway is stopped for the update.',
  undoable: 'If the new version fails, the old one comes back.',
  notUndoable: 'Its profile does not say how to bring the old version back.',
  updated: (name: string, from: string | null, to: string | null): string =>
    `${name} was updated${from === null ? '' : ` from ${from}`}${to === null ? '' : ` to ${to}`}.`,
  updating: (name: string, from: string | null, to: string | null): string =>
    `Updating ${name}${from === null ? '' : ` from ${from}`}${to === null ? '' : ` to ${to}`}…`,
  keep: 'Keep',
  goBack: 'Go back',
  check: 'Check now',
  installed: 'Installed',
  newest: 'Newest',
  asked: (when: string): string => `asked ${when}`,
  when: 'Install new versions',
  lastUpdate: 'Last update',
  byItself: ', by itself',
  away: (time: string): string => `; away for ${time}`,
  clients: (how: string): string => `; clients: ${how}`,
  updaterSays: 'Its updater says',
  wasUpdated: (name: string): string => `${name} was updated.`,
};

export const history = {
  day: 'The last 24 hours',
  dayOf: (name: string): string => `${name}, the last 24 hours`,
  nothing: 'Nothing has happened yet.',
  damaged: (count: number): string =>
    counts.plural(count, {
      one: 'One entry can’t be read.',
      other: `${counts.number(count)} entries can’t be read.`,
    }),
  steps: 'What took how long',
  step: { output: 'First output', open: 'Port open', answer: 'First answer', ready: 'Ready' },
  thisStart: 'This start',
  usualStart: 'Usual',
  unseen: 'not seen',
  slowest: (step: string, time: string): string => `The slowest step: ${step}, ${time}.`,
  older: 'Show older',
  problem: 'Problem:',
  /** A piece of the strip: `14:02:31 to 14:05:10, Down for 2m 39s`. */
  piece: (from: string, to: string, state: string, time: string): string =>
    `${from} to ${to}, ${state} for ${time}`,
  pieceBecause: (piece: string, reason: string): string => `${piece}: ${reason}`,
  pieceAlone: (piece: string): string => `${piece}.`,
};
