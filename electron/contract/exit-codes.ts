/** What our programs end with. The watcher's codes follow sysexits.h. */

export const watcherExit = {
  ok: 0,
  usage: 64,
  /** The serving watcher does not make room now. */
  refused: 69,
  /** Something that it needs failed; the sentence on stderr says what. */
  failed: 70,
  /** The disk is full: the sentence on stderr may not have been written either. */
  diskFull: 74,
  /** Another watcher has this state folder. */
  anotherServes: 75,
  /** Raised rights, or another user's state folder. */
  rights: 77,
} as const;

/** A watcher that ended with one of these would end so again: a service manager leaves it alone. */
export const finalWatcherExits: readonly number[] = [
  watcherExit.usage,
  watcherExit.refused,
  watcherExit.anotherServes,
  watcherExit.rights,
];

/** `holdfast` on the command line; scripts may rely on these. */
export const cliExit = {
  ok: 0,
  failed: 1,
  usage: 2,
  unwatched: 3,
  unwell: 4,
  noGateway: 5,
  late: 6,
} as const;
export type CliExit = (typeof cliExit)[keyof typeof cliExit];

/** What each of them means, as help and documentation say it. */
export const cliExitMeaning: Readonly<Record<keyof typeof cliExit, string>> = {
  ok: 'done; from list, status and doctor: all is well',
  failed: 'not done, and stderr says why; from doctor and status --deep: something is wrong',
  usage: 'the arguments are not understood',
  unwatched: 'from list and status: the background service does not run',
  unwell:
    'from list and status: a gateway that should run does not, or is not healthy; or something else is wrong',
  noGateway: 'no gateway has that name, or several could be meant',
  late: 'from wait: the time was over first',
};

/** A front: why it could not open its port. */
export const frontExit = {
  usage: 64,
  /** No such address on this machine. */
  noAddress: 68,
  failed: 70,
  /** Another program listens there. */
  portTaken: 75,
  /** The port is reserved, by number or by the system. */
  notAllowed: 77,
} as const;
