/**
 * For tests: the longest that one waits for something, ms. Nothing of ours takes so long, however busy the
 * machine is; what never comes is found out all the same.
 */
export const patienceMs = 60_000;
