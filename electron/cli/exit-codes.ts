/** What the command line ends with; scripts may rely on it. */
export const exitCodes = {
  /** Done; or asked how it is: well. */
  ok: 0,
  /** Not done, with the reason on stderr; or asked how it is: something is wrong. */
  failed: 1,
  /** Asked in a way it does not understand. */
  usage: 2,
  /** `status`: it could be said, but no watcher looks after the gateways now. */
  unwatched: 3,
} as const;
