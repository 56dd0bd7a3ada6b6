/**
 * The phases of an update transaction. One that works passes them in this order; from each of them
 * a problem leads to `rolling-back`, which ends with the old app:
 *
 *   armed ─► releasing ─► released ─► handed-over ─► replacing ─► proving ─► starting-app ─► soaking
 *     └──────────┴───────────┴─────────────┴─────────────┴───────────┴────────────┴─────────────┤
 *                                                                               rolling-back ◄──┘
 *
 * What a phase means for the app, the window and the watcher is read from this table and nowhere else.
 */

interface Phase {
  /** The files are not final: an app that is started now only watches, and starts nothing. */
  readonly live: boolean;
  /** The app that updates has no more part in it, and the watcher replaces it. */
  readonly away: boolean;
  /** It stays open meanwhile, where its files can be replaced under it: afterwards it has to end. */
  readonly appShown: boolean;
  /** An app whose window is up owes the watcher a report. Earlier, the app that updates is the one that runs. */
  readonly reportOwed: boolean;
  /** Everything is in its new place and is watched for a while before the update counts as done. */
  readonly soak: boolean;
  /** What is done at this moment, as a sentence. */
  readonly sentence: string;
}

const before = {
  live: true,
  away: false,
  appShown: true,
  reportOwed: false,
  soak: false,
} as const;
const replacing = { ...before, away: true, reportOwed: true } as const;

const table = {
  armed: {
    ...before,
    sentence: 'Trying the new version beside what runs. Nothing has been touched yet.',
  },
  releasing: { ...before, sentence: 'Stopping the gateways whose files are replaced.' },
  released: { ...before, sentence: 'The files are free. Installing the new version.' },
  'handed-over': { ...replacing, sentence: 'Holdfast closes, and opens again in a moment.' },
  replacing: { ...replacing, sentence: 'Starting the new gateway.' },
  proving: {
    ...replacing,
    appShown: false,
    sentence: 'The gateways are healthy. Holdfast closes, and opens again in a moment.',
  },
  'starting-app': {
    ...before,
    live: false,
    appShown: false,
    reportOwed: true,
    sentence: 'Opening the new Holdfast.',
  },
  soaking: {
    ...before,
    live: false,
    appShown: false,
    reportOwed: true,
    soak: true,
    sentence:
      'The new version runs. The update is done once everything has stayed healthy for a while.',
  },
  'rolling-back': {
    ...before,
    appShown: false,
    sentence: 'Something went wrong. Undoing the update.',
  },
} as const satisfies Readonly<Record<string, Phase>>;

export type UpdatePhase = keyof typeof table;
export const updatePhases: Readonly<Record<UpdatePhase, Phase>> = table;
/** Object.keys knows only that they are strings. */
export const updatePhaseNames = Object.keys(table) as readonly UpdatePhase[];
