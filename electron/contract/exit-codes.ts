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
  /** Done; of `status` and `doctor`: all is well. */
  ok: 0,
  /** Not done, and stderr says why; of `status --deep` and `doctor`: something is wrong. */
  failed: 1,
  /** The arguments make no sense. */
  usage: 2,
  /** `status`: no watcher looks after the gateways at the moment. */
  unwatched: 3,
} as const;

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
