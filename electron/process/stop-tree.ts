/**
 * Stops one verified process and everything that verifiably belongs to it. The grace is for the whole
 * tree: a shell or a runner ends at once, and the server below it may need its time.
 *
 *   ask the leader ──► it has ended ──► ask its family ──► all ended ──► sweep ──► 'exited'
 *         │                                  └── grace over ─────────────► sweep ──► 'exited', some killed
 *         └── grace over ──────────────────────────────────────────────► sweep ──► 'killed'
 *
 * At first only the leader is asked: a program that drains decides about its workers and the commands
 * that it runs, and some take a second signal as an order to drop everything. After its end its family
 * has the remaining grace. A shell that catches the signal acts on it only after the command that it
 * waits for; its family is asked late in the grace, while there is time to drain.
 *
 * The request is a signal, or the caller's own way (pipe, file, HTTP). When that way fails, the signal
 * follows, and where processes hear no signal there is nothing to wait for.
 *
 * The sweep kills what is left of the tree (descendants, the session, carriers of the nonce), again
 * and again until a search finds nothing: a child may have forked meanwhile. Every process is
 * verified at the moment it is signalled.
 */
import { errorText } from '../contract/error-text.ts';
import type { Identity } from '../contract/identity.ts';
import { type Clock, deadline, systemClock } from './clock.ts';
import { sharedExitWaiter } from './exit-waiter.ts';
import { isAlive, sameProcess } from './identity.ts';
import { platform } from './platform.ts';
import type { ExitWaiter } from './platform-interface.ts';
import { signalsAreHeard } from './stop-pipe.ts';

/** A killed process ends within milliseconds unless the kernel is busy on its behalf. */
const killGraceMs = 5_000;
/** Where processes hear no signal, a family can't be asked: it gets this long to follow its leader. */
const unaskedGraceMs = 2_000;
/** The part of the grace after which the family of a shell that still runs is asked too. */
const lastCall = 3 / 4;
const shells = /^(?:(?:ba|da|a|k|mk|z|c|tc)?sh\d*|fish|busybox)(?:\.exe)?$/i;

/** Another way to ask than by a signal. */
export interface Asking {
  /** Rejects with a clause (“no program listens …”) when the request did not arrive. */
  readonly ask: () => Promise<void>;
  readonly otherwise: 'SIGTERM' | 'SIGINT';
  readonly onUnheard?: (why: string) => void;
}

export interface StopOptions {
  /** How long the tree may drain, in ms. */
  readonly graceMs: number;
  /** 'none': kill at once. */
  readonly graceful: 'SIGTERM' | 'SIGINT' | Asking | 'none';
  /** Called at once with the family that the leader has when it is asked. */
  readonly onFamily?: (family: readonly Identity[]) => void;
  /** The grace is over and the leader still runs; the kill follows. */
  readonly onEscalate?: () => void;
  readonly clock?: Clock;
  readonly waiter?: ExitWaiter;
}

export interface StopResult {
  /** How the leader ended. */
  readonly outcome: 'exited' | 'killed';
  /** How many of its family had to be killed when the grace was over. */
  readonly killedFamily: number;
  readonly tookMs: number;
  /** What could not be ended; the caller tells the user. */
  readonly survivors: readonly Identity[];
}

export async function stopTree(identity: Identity, options: StopOptions): Promise<StopResult> {
  const clock = options.clock ?? systemClock;
  const waiter = options.waiter ?? sharedExitWaiter();
  const begun = clock.now();
  // Searched before the end: afterwards orphans have another parent.
  const family = isAlive(identity) ? platform.treeOf(identity) : [];
  options.onFamily?.(family);
  const { graceful, graceMs } = options;
  const stop: Stop = { root: identity, waiter, clock, known: family };
  let exited = false;
  let left: readonly Identity[] = [];
  if (graceful !== 'none' && (typeof graceful !== 'string' || signalsAreHeard)) {
    const grace = new Limit(clock, graceMs);
    exited = await askLeader(stop, graceful, graceMs, grace);
    if (exited) left = await passOn(stop, signalOf(graceful), grace);
    grace.cancel();
  }
  exited ||= !isAlive(identity);
  if (!exited) options.onEscalate?.();
  const survivors = await sweep(stop);
  return {
    outcome: exited ? 'exited' : 'killed',
    killedFamily: left.length,
    tookMs: clock.now() - begun,
    survivors,
  };
}

/** Whether something of an ended leader's tree may still run. A cheap check, which may miss some. */
export function mayHaveLeftFamily(leader: Identity, family: readonly Identity[]): boolean {
  return family.some(isAlive) || platform.groupLives(leader.pid);
}

interface Stop {
  readonly root: Identity;
  readonly waiter: ExitWaiter;
  readonly clock: Clock;
  /** Every member of the family found so far: an orphan's own family no longer leads to the root. */
  known: readonly Identity[];
}

function signalOf(graceful: 'SIGTERM' | 'SIGINT' | Asking): 'SIGTERM' | 'SIGINT' {
  return typeof graceful === 'string' ? graceful : graceful.otherwise;
}

/** True when the leader has ended within the grace. */
async function askLeader(
  stop: Stop,
  graceful: 'SIGTERM' | 'SIGINT' | Asking,
  graceMs: number,
  grace: Limit,
): Promise<boolean> {
  const { root, waiter, clock } = stop;
  const ended = allEnd([root], grace, waiter);
  if (typeof graceful === 'string') {
    platform.signal(root, graceful);
  } else {
    graceful.ask().catch((error: unknown) => {
      graceful.onUnheard?.(errorText(error));
      if (signalsAreHeard) platform.signal(root, graceful.otherwise);
      else grace.end();
    });
  }
  const cancel = deadline(clock, graceMs * lastCall, () => askFamilyOfShell(stop, graceful));
  const inTime = await ended;
  cancel();
  return inTime;
}

/** A shell runs its trap only when the command that it waits for has ended. */
function askFamilyOfShell(stop: Stop, graceful: 'SIGTERM' | 'SIGINT' | Asking): void {
  const { root } = stop;
  if (!signalsAreHeard || !shells.test(platform.describe(root.pid)?.name ?? '')) return;
  for (const one of findFamily(stop)) trySignal(one, signalOf(graceful));
}

/** The leader has ended: its family is asked and has the remaining grace. Returns those that still run after it. */
async function passOn(
  stop: Stop,
  signal: 'SIGTERM' | 'SIGINT',
  grace: Limit,
): Promise<readonly Identity[]> {
  const limit = signalsAreHeard ? grace : new Limit(stop.clock, unaskedGraceMs, grace);
  const asked: Identity[] = [];
  for (;;) {
    const running = findFamily(stop);
    if (running.length === 0 || limit.over) {
      limit.cancel();
      return running;
    }
    for (const one of running.filter((each) => !asked.some((other) => sameProcess(each, other)))) {
      asked.push(one);
      if (signalsAreHeard) trySignal(one, signal);
    }
    await allEnd(running, limit, stop.waiter);
  }
}

async function sweep(stop: Stop): Promise<Identity[]> {
  const { root, waiter, clock } = stop;
  const limit = new Limit(clock, killGraceMs);
  for (;;) {
    // The root first: killed after its children, it could still react to their end (on Windows, by
    // ending with code 0 when its console host is gone).
    const running = [...(isAlive(root) ? [root] : []), ...findFamily(stop)];
    if (running.length === 0 || limit.over) {
      limit.cancel();
      return running;
    }
    const ends = allEnd(running, limit, waiter);
    for (const one of running) trySignal(one, 'SIGKILL');
    await ends;
  }
}

/** The members of the family that run now. */
function findFamily(stop: Stop): readonly Identity[] {
  const { root, known } = stop;
  const found = platform.treeOf(root, [root, ...known]);
  const added = found.filter((one) => !known.some((other) => sameProcess(one, other)));
  stop.known = [...known, ...added];
  return stop.known.filter(isAlive);
}

/** A refusal (another user's process) leaves it among the survivors. */
function trySignal(identity: Identity, signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): void {
  try {
    platform.signal(identity, signal);
  } catch {
    // It still runs when the sweep's time is over, and is reported then.
  }
}

/** A time limit that several waits share. It ends with its parent at the latest. */
class Limit {
  over = false;
  readonly #waiting = new Set<() => void>();
  readonly #cancel: () => void;

  constructor(clock: Clock, ms: number, parent?: Limit) {
    const cancel = deadline(clock, ms, () => this.end());
    const forget = parent?.onOver(() => this.end());
    this.#cancel = () => {
      cancel();
      forget?.();
    };
  }

  end(): void {
    this.over = true;
    this.#cancel();
    for (const tell of [...this.#waiting]) tell();
  }

  onOver(tell: () => void): () => void {
    this.#waiting.add(tell);
    return () => this.#waiting.delete(tell);
  }

  cancel(): void {
    this.#cancel();
  }
}

/** Waits within `limit` until all have ended, by events, without polling. True when all have ended. */
function allEnd(
  identities: readonly Identity[],
  limit: Limit,
  waiter: ExitWaiter,
): Promise<boolean> {
  return new Promise((resolve) => {
    let left = identities.length;
    const finish = (ended: boolean): void => {
      forgetLimit();
      for (const forget of watches) forget();
      resolve(ended);
    };
    const forgetLimit = limit.onOver(() => finish(false));
    const watches = identities.map((one) =>
      waiter.watch(one, () => {
        left -= 1;
        if (left === 0) finish(true);
      }),
    );
    if (limit.over) finish(false);
  });
}
