/**
 * Stops one verified process and everything that verifiably belongs to it.
 *
 *   ask ──► exited within the grace ──► sweep ──► 'exited'
 *    └────► grace over ──► kill ──────► sweep ──► 'killed'
 *
 * It is asked by a signal, or as the caller knows how (pipe, file, HTTP). Who can't be asked in that
 * way gets the signal, and where no signal is heard there is nothing to wait for.
 *
 * The sweep kills what is left of the tree (descendants, the session, carriers of the nonce), again
 * and again until a look finds nothing: a child may have forked meanwhile. Every process is
 * identified anew at the moment it is signalled.
 */
import type { Identity } from '../contract/identity.ts';
import { type Clock, deadline, systemClock } from './clock.ts';
import { sharedExitWaiter } from './exit-waiter.ts';
import { isAlive, sameProcess } from './identity.ts';
import { platform } from './platform.ts';
import type { ExitWaiter } from './platform-interface.ts';
import { signalsAreHeard } from './stop-pipe.ts';

/** A killed process ends within milliseconds unless the kernel is busy on its behalf. */
const killGrace = 5_000;

/** Another way to ask than by a signal. */
export interface Asking {
  /** Rejects with a clause (“nobody listens …”) when it could not be asked. */
  readonly ask: () => Promise<void>;
  readonly otherwise: 'SIGTERM' | 'SIGINT';
  readonly onUnheard?: (why: string) => void;
}

export interface StopOptions {
  /** How long the process may drain, in ms. */
  readonly graceMs: number;
  /** 'none': kill at once. */
  readonly graceful: 'SIGTERM' | 'SIGINT' | Asking | 'none';
  /** The grace is over, the kill follows. */
  readonly onEscalate?: () => void;
  readonly clock?: Clock;
  readonly waiter?: ExitWaiter;
}

export interface StopResult {
  readonly outcome: 'exited' | 'killed';
  readonly tookMs: number;
  /** What could not be ended; the caller tells the user. */
  readonly survivors: readonly Identity[];
}

export async function stopTree(identity: Identity, options: StopOptions): Promise<StopResult> {
  const clock = options.clock ?? systemClock;
  const waiter = options.waiter ?? sharedExitWaiter();
  const begun = clock.now();
  // Seen before the end: afterwards orphans have another parent.
  const family = isAlive(identity) ? platform.treeOf(identity) : [];

  const exited = (await askAndWait(identity, options, waiter, clock)) || !isAlive(identity);
  if (!exited) options.onEscalate?.();
  const survivors = await sweep(identity, family, waiter, clock);
  return { outcome: exited ? 'exited' : 'killed', tookMs: clock.now() - begun, survivors };
}

async function askAndWait(
  identity: Identity,
  options: StopOptions,
  waiter: ExitWaiter,
  clock: Clock,
): Promise<boolean> {
  const { graceful, graceMs } = options;
  if (graceful === 'none' || (typeof graceful === 'string' && !signalsAreHeard)) return false;
  const end = whenAllEnd([identity], graceMs, waiter, clock);
  if (typeof graceful === 'string') {
    platform.signal(identity, graceful);
    return end.all;
  }
  graceful.ask().catch((error: unknown) => {
    graceful.onUnheard?.(error instanceof Error ? error.message : String(error));
    if (signalsAreHeard) platform.signal(identity, graceful.otherwise);
    else end.giveUp();
  });
  return end.all;
}

async function sweep(
  root: Identity,
  family: readonly Identity[],
  waiter: ExitWaiter,
  clock: Clock,
): Promise<Identity[]> {
  const deadline = clock.now() + killGrace;
  let known = [root, ...family];
  for (;;) {
    // With all we know: an orphan's own family is no longer reachable from the root.
    const found = platform.treeOf(root, known);
    known = [...known, ...found.filter((one) => !known.some((other) => sameProcess(one, other)))];
    known = known.filter(isAlive);
    if (known.length === 0) return [];
    if (clock.now() >= deadline) return known;
    const ends = whenAllEnd(known, deadline - clock.now(), waiter, clock);
    for (const one of known) kill(one);
    await ends.all;
  }
}

/** A refusal (another user's process) leaves it among the survivors. */
function kill(identity: Identity): void {
  try {
    platform.signal(identity, 'SIGKILL');
  } catch {
    // Reported by still being alive when the sweep's time is over.
  }
}

interface Ends {
  /** True when all have ended in time. */
  readonly all: Promise<boolean>;
  /** Waits no longer. */
  readonly giveUp: () => void;
}

/** Waits `ms` at most for the end of all; by events, never by looking. */
function whenAllEnd(
  identities: readonly Identity[],
  ms: number,
  waiter: ExitWaiter,
  clock: Clock,
): Ends {
  let giveUp = (): void => undefined;
  const all = new Promise<boolean>((resolve) => {
    let left = identities.length;
    const finish = (ended: boolean): void => {
      cancel();
      for (const forget of watches) forget();
      resolve(ended);
    };
    giveUp = () => finish(false);
    const cancel = deadline(clock, ms, () => finish(false));
    const watches = identities.map((one) =>
      waiter.watch(one, () => {
        left -= 1;
        if (left === 0) finish(true);
      }),
    );
  });
  return { all, giveUp };
}
