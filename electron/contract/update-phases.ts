/**
 * The phases of an update transaction. One that works passes them in this order; from each of them
 * a problem leads to `rolling-back`, which ends with the old app:
 *
 *   armed ─► releasing ─► released ─► handed-over ─► replacing ─► proving ─► starting-app ─► soaking ─► confirming
 *     └──────────┴───────────┴─────────────┴─────────────┴───────────┴────────────┴────────────┴─────────┤
 *                                                                                        rolling-back ◄──┘
 *
 * `confirming` is there only where its user wants to be asked whether the new version stays.
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
  },
  releasing: { ...before },
  released: { ...before },
  'handed-over': { ...replacing },
  replacing: { ...replacing },
  proving: {
    ...replacing,
    appShown: false,
  },
  'starting-app': {
    ...before,
    live: false,
    appShown: false,
    reportOwed: true,
  },
  soaking: {
    ...before,
    live: false,
    appShown: false,
    reportOwed: true,
    soak: true,
  },
  confirming: {
    ...before,
    live: false,
    appShown: false,
    reportOwed: true,
    soak: true,
  },
  'rolling-back': {
    ...before,
    appShown: false,
  },
} as const satisfies Readonly<Record<string, Phase>>;

export type UpdatePhase = keyof typeof table;
export const updatePhases: Readonly<Record<UpdatePhase, Phase>> = table;
/** Object.keys knows only that they are strings. */
export const updatePhaseNames = Object.keys(table) as readonly UpdatePhase[];
