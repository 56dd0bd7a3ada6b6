/**
 * Keeps the front of one gateway: the process that holds its public port. It is started through the one
 * function, recorded, taken over by the next watcher, and started again when it ends by itself.
 *
 *   none ──wanted──► runs ──ended by itself──► waits, longer each time ──► runs
 *                     └──no longer wanted, or wanted otherwise──► asked to end ──► none, or the next one
 */
import { errorText } from '../contract/error-text.ts';
import { frontExit } from '../contract/exit-codes.ts';
import type { Problem } from '../contract/gateway.ts';
import type { Identity } from '../contract/identity.ts';
import { createNonce, frontOf, isNonceOf } from '../gateway/ledger/nonce.ts';
import { connects } from '../gateway/probes/http.ts';
import { pause } from '../gateway/wait.ts';
import {
  type Clock,
  type ExitInfo,
  type ExitWaiter,
  gatewayEnvironment,
  isAlive,
  processesCarrying,
  spawnDetached,
  stopTree,
  whoHoldsPort,
} from '../process/index.ts';

/** It closes its connections and ends at once; a busy machine needs a moment. */
const graceMs = 2_000;
const firstDelayMs = 250;
const longestDelayMs = 30_000;
/** After this long the next end counts as the first. */
const wellMs = 60_000;
/** A front that can't open its port ends sooner than this. */
const openedMs = 1_000;
/** Nobody waits longer than this for one that opens its port; a busy machine needs a second. */
const openPatienceMs = 5_000;
const askPauseMs = 10;
const askMs = 1_000;

/** What a front is to do; its arguments say all of it. */
export interface FrontSpec {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly args: readonly string[];
}

/** A front that runs, as it is recorded. */
export interface RunningFront {
  readonly identity: Identity;
  readonly args: readonly string[];
}

export interface FrontDeps {
  readonly id: string;
  readonly program: { readonly node: string; readonly script: string };
  readonly stateRoot: string;
  readonly clock: Clock;
  readonly waiter: ExitWaiter;
  /** Writes down which front runs; null: none. */
  record(front: RunningFront | null): void;
  changed(): void;
  log(message: string): void;
}

export class Front {
  readonly #deps: FrontDeps;
  #running: RunningFront | null = null;
  #wanted: FrontSpec | null = null;
  #startedAt = 0;
  #failures = 0;
  #problem: Problem | null = null;
  #cancelRetry: (() => void) | null = null;
  #forgetExit = (): void => undefined;
  #ending: Promise<void> | null = null;
  /** It was seen to take connections. */
  #isOpen = false;

  constructor(deps: FrontDeps) {
    this.#deps = deps;
  }

  get problem(): Problem | null {
    return this.#problem;
  }

  get runs(): boolean {
    return this.#running !== null;
  }

  /** Takes over the front that an earlier watcher has recorded; another one of this gateway is ended. */
  adopt(recorded: RunningFront | null): void {
    if (recorded && isAlive(recorded.identity)) this.#follow(recorded);
    const { stateRoot, id } = this.#deps;
    const isOurs = (nonce: string): boolean => isNonceOf(nonce, stateRoot, frontOf(id));
    for (const one of processesCarrying(isOurs)) {
      if (one.pid !== recorded?.identity.pid) void this.#end(one);
    }
  }

  /** Null: it ends. Repeating what is wanted changes nothing. */
  want(spec: FrontSpec | null): void {
    this.#wanted = spec;
    if (spec === null) this.#calm();
    const fits = spec !== null && this.#running && same(spec.args, this.#running.args);
    if (fits || this.#ending) return;
    if (this.#running) this.#replace(this.#running);
    else if (spec !== null && this.#cancelRetry === null) this.#start(spec);
  }

  /** Resolves when it takes connections; in any case when it has a problem, or soon. */
  async untilOpen(signal: AbortSignal): Promise<void> {
    const { clock } = this.#deps;
    const deadline = clock.now() + openPatienceMs;
    while (this.#wanted && !this.#problem && !signal.aborted && clock.now() < deadline) {
      const { host, port } = this.#wanted;
      this.#isOpen ||= await connects({ host, port, timeoutMs: askMs, clock });
      if (this.#isOpen) return;
      await pause(clock, askPauseMs, signal);
    }
  }

  /** Resolves when nothing that is no longer wanted runs. */
  async settled(): Promise<void> {
    await this.#ending;
  }

  /** Does nothing more; the front runs on. */
  letGo(): void {
    this.#forgetExit();
    this.#cancelRetry?.();
    this.#cancelRetry = null;
    this.#running = null;
    this.#wanted = null;
  }

  #start(spec: FrontSpec): void {
    const { program, stateRoot, record, log, id, changed } = this.#deps;
    try {
      const { identity } = spawnDetached({
        kind: 'gateway',
        command: program.node,
        args: [program.script, ...spec.args],
        cwd: stateRoot,
        env: { ...gatewayEnvironment(process.env), HOLDFAST_STATE: stateRoot },
        stdout: 'ignore',
        stderr: 'ignore',
        nonce: createNonce(stateRoot, frontOf(id)),
        escape: 'session',
      });
      this.#startedAt = this.#deps.clock.now();
      const front = { identity, args: spec.args };
      this.#follow(front);
      record(front);
      if (this.#problem) this.#cancelRetry = this.#deps.clock.after(openedMs, () => this.#opened());
      log(`${id}: its front holds port ${spec.port} (pid ${identity.pid})`);
    } catch (error) {
      this.#failed(spec, errorText(error));
    }
    changed();
  }

  #opened(): void {
    this.#cancelRetry = null;
    if (!this.#running) return;
    this.#problem = null;
    this.#deps.changed();
  }

  #follow(front: RunningFront): void {
    this.#running = front;
    this.#forgetExit = this.#deps.waiter.watch(front.identity, (exit) => this.#onExit(front, exit));
  }

  #onExit(front: RunningFront, exit: ExitInfo): void {
    if (this.#running !== front) return;
    this.#running = null;
    this.#isOpen = false;
    this.#deps.record(null);
    const spec = this.#wanted;
    if (spec === null || this.#ending) return;
    if (this.#deps.clock.now() - this.#startedAt >= wellMs) this.#calm();
    this.#failed(spec, this.#why(spec, exit));
    this.#deps.changed();
  }

  #why({ port }: FrontSpec, { code, signal }: ExitInfo): string {
    if (code === frontExit.portTaken) {
      const holder = whoHoldsPort(port);
      const who = holder && holder.pid > 0 ? `${holder.program} (pid ${holder.pid})` : 'a program';
      return `port ${port} is held by ${who}`;
    }
    if (code === frontExit.notAllowed) return `port ${port} may not be opened by this user`;
    if (code === frontExit.noAddress)
      return 'this machine does not have the address in its profile';
    return signal === null
      ? `it ended with exit code ${code ?? 'unknown'}`
      : `it was ended by ${signal}`;
  }

  /** The first end is made good at once; nothing is said about it but in the log. */
  #failed(spec: FrontSpec, why: string): void {
    const { clock, log, id } = this.#deps;
    const delay = this.#failures === 0 ? 0 : firstDelayMs * 2 ** (this.#failures - 1);
    this.#failures += 1;
    this.#cancelRetry?.();
    log(`${id}: its front does not run: ${why}`);
    if (delay > 0) {
      const message = `The front of ${spec.name} does not run, so port ${spec.port} is closed: ${why}.`;
      this.#problem = { message, hint: 'Holdfast tries again by itself.' };
    }
    this.#cancelRetry = clock.after(Math.min(delay, longestDelayMs), () => {
      this.#cancelRetry = null;
      if (this.#wanted && !this.#running) this.#start(this.#wanted);
    });
    clock.after(0, () => this.#deps.changed());
  }

  #calm(): void {
    this.#cancelRetry?.();
    this.#cancelRetry = null;
    this.#failures = 0;
    this.#problem = null;
  }

  #replace(old: RunningFront): void {
    this.#ending = this.#end(old.identity).then(() => {
      this.#ending = null;
      if (this.#running === old) this.#running = null;
      this.#isOpen = false;
      this.#deps.record(null);
      if (this.#wanted) this.want(this.#wanted);
    });
  }

  async #end(identity: Identity): Promise<void> {
    const { waiter, clock, id, log } = this.#deps;
    await stopTree(identity, { graceMs, graceful: 'SIGTERM', waiter, clock });
    log(`${id}: its front was stopped (pid ${identity.pid})`);
  }
}

function same(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((word, at) => word === other[at]);
}
