/** How long a client gets no answer, measured from outside. */
import type { RealServer } from './servers.ts';

/** Between two questions. A restart of the fastest of them takes some tens of milliseconds. */
const pauseMs = 5;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Two Electrons start meanwhile on the same cores: who is only slow is not away. */
const slowMs = 10_000;

/**
 * Asks all the time until `over` says so, and wants every question answered.
 * @returns the longest answer, in milliseconds
 */
export async function neverAway(server: RealServer, over: () => boolean): Promise<number> {
  let longest = 0;
  while (!over()) {
    const asked = performance.now();
    if (!(await server.answers(slowMs))) throw new Error(`${server.id} did not answer`);
    longest = Math.max(longest, performance.now() - asked);
    await pause(pauseMs);
  }
  return longest;
}

/** Asks until the server answers well. @returns milliseconds until then */
export async function untilAnswers(server: RealServer, timeoutMs: number): Promise<number> {
  const begun = performance.now();
  while (!(await server.answers())) {
    if (performance.now() - begun > timeoutMs) {
      throw new Error(`${server.id} did not answer within ${timeoutMs / 1_000} s.`);
    }
    await pause(pauseMs);
  }
  return performance.now() - begun;
}

/**
 * Does something to a server and waits until it was away and is back.
 * @param act resolves when it was done
 * @param isBack whether what answers now is what is waited for: a new process, for one
 * @returns milliseconds from the last good answer before to the first one after
 */
export async function outageOf(
  server: RealServer,
  act: () => unknown,
  isBack: () => Promise<boolean>,
  timeoutMs: number,
): Promise<number> {
  await untilAnswers(server, timeoutMs);
  let lastGood = performance.now();
  const begun = lastGood;
  const acting = Promise.resolve(act());
  let longest = 0;
  for (let back = false; !back; ) {
    if (performance.now() - begun > timeoutMs) {
      throw new Error(`${server.id} was not back within ${timeoutMs / 1_000} s.`);
    }
    if (await server.answers()) {
      const now = performance.now();
      longest = Math.max(longest, now - lastGood);
      lastGood = now;
      back = await isBack();
    }
    await pause(pauseMs);
  }
  await acting;
  return longest;
}
