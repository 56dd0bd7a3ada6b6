/**
 * The fronts of all gateways that want one (`"listen": "fronted"`): which port each such gateway has for
 * itself, and when its front runs. A front runs while its gateway should run or still does, so that
 * nothing is cut off that is being answered, and the port is free once the gateway was stopped.
 */
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';
import { errorText } from '../contract/error-text.ts';
import type { Problem } from '../contract/gateway.ts';
import { identitySchema } from '../contract/identity.ts';
import type { Profile } from '../contract/profile.ts';
import { writeDurable } from '../files/durable-write.ts';
import type { StateFolder } from '../files/state-folder.ts';
import { readUntrustedJson } from '../files/untrusted-file.ts';
import { reachedAt } from '../gateway/probes/addresses.ts';
import type { Supervisor } from '../gateway/types.ts';
import { type Clock, type ExitWaiter, holdersOfPort } from '../process/index.ts';
import { frontScript, stagedOr } from '../staging/staged.ts';
import { Front, type FrontSpec, type RunningFront } from './front.ts';

/** Private ports: below those that Linux gives to outgoing connections, and used by few. */
const firstPort = 32_000;
const portCount = 768;

const recordSchema = z.object({
  privatePort: z.int().check(z.gte(1), z.lte(65_535)),
  front: z.nullable(z.object({ identity: identitySchema, args: z.array(z.string()) })),
});
type FrontRecord = z.infer<typeof recordSchema>;

/** An identity and some arguments. */
const maxBytes = 16 * 1024;

export interface FrontsDeps {
  readonly state: Pick<StateFolder, 'root' | 'run'>;
  readonly program: { readonly node: string; readonly script: string };
  readonly clock: Clock;
  readonly waiter: ExitWaiter;
  onChange(): void;
  log(message: string): void;
}

/** The program of a front beside this watcher: staged, or its source. */
export function frontProgram(folder: string): FrontsDeps['program'] {
  const script = stagedOr(frontScript(folder), folder, '..', 'front', 'main.ts');
  return { node: process.execPath, script };
}

export class Fronts {
  readonly #deps: FrontsDeps;
  readonly #fronts = new Map<string, Front>();
  readonly #records = new Map<string, FrontRecord>();
  #frozen = false;

  constructor(deps: FrontsDeps) {
    this.#deps = deps;
  }

  /** The port on which this gateway itself listens; the same one under every watcher. */
  privatePort({ id, port }: Profile): number {
    const known = this.#record(id);
    if (known) return known.privatePort;
    const { root } = this.#deps.state;
    const begin = createHash('sha256').update(`${root}\n${id}`).digest().readUInt32BE(0);
    const taken = new Set([port, ...[...this.#records.values()].map((one) => one.privatePort)]);
    const candidates = [...Array(portCount).keys()].map(
      (n) => firstPort + ((begin + n) % portCount),
    );
    const free = candidates.find((one) => !taken.has(one) && holdersOfPort(one).length === 0);
    const privatePort = free ?? firstPort + (begin % portCount);
    this.#write(id, { privatePort, front: null });
    return privatePort;
  }

  /** To be called after every change of a gateway. */
  follow(supervisor: Supervisor): void {
    if (this.#frozen) return;
    const { id } = supervisor;
    const profile = supervisor.profile();
    const { desired, state } = supervisor.view();
    const lives = 'identity' in state;
    const isFronted = profile.listen === 'fronted' && state.status !== 'external';
    const front = this.#fronts.get(id);
    // A gateway whose profile no longer wants a front keeps it until its next start.
    if (isFronted && (desired === 'running' || lives)) this.#front(id).want(this.#spec(profile));
    else if (!lives || isFronted) front?.want(null);
  }

  notices(): Problem[] {
    return [...this.#fronts.values()].flatMap(({ problem }) => problem ?? []);
  }

  /** Resolves when the front of this gateway, if it has one, takes connections; in any case soon. */
  async untilOpen(id: string, signal: AbortSignal): Promise<void> {
    await this.#fronts.get(id)?.untilOpen(signal);
  }

  /** Resolves when the front of a stopped gateway has ended. */
  async settled(id: string): Promise<void> {
    await this.#fronts.get(id)?.settled();
  }

  /** The profile is gone. */
  forget(id: string): void {
    const front = this.#fronts.get(id);
    front?.want(null);
    const remove = (): void => rmSync(this.#file(id), { force: true });
    this.#records.delete(id);
    void (front?.settled() ?? Promise.resolve()).then(remove);
    this.#fronts.delete(id);
  }

  async endAll(): Promise<void> {
    this.#frozen = true;
    for (const front of this.#fronts.values()) front.want(null);
    await Promise.all([...this.#fronts.values()].map((front) => front.settled()));
  }

  /** The fronts run on, for another watcher to take over. */
  freeze(): void {
    this.#frozen = true;
    for (const front of this.#fronts.values()) front.letGo();
    this.#fronts.clear();
    this.#records.clear();
  }

  thaw(supervisors: Iterable<Supervisor>): void {
    this.#frozen = false;
    for (const one of supervisors) this.follow(one);
  }

  #front(id: string): Front {
    const known = this.#fronts.get(id);
    if (known) return known;
    const { program, clock, waiter, state, onChange, log } = this.#deps;
    const front = new Front({
      id,
      program,
      stateRoot: state.root,
      clock,
      waiter,
      record: (running) => this.#recordFront(id, running),
      changed: onChange,
      log,
    });
    this.#fronts.set(id, front);
    front.adopt(this.#record(id)?.front ?? null);
    return front;
  }

  #spec(profile: Profile): FrontSpec {
    const { name, port = 0, host, front } = profile;
    const { holdMs = 60_000, maxHeld = 1_024, proxyProtocol = false } = front ?? {};
    const words = {
      host: host ?? '127.0.0.1',
      port,
      'private-port': this.privatePort(profile),
      'hold-ms': holdMs,
      'max-held': maxHeld,
    };
    const args = Object.entries(words).flatMap(([word, value]) => [`--${word}`, String(value)]);
    const reached = reachedAt(words.host)[0] ?? words.host;
    return {
      name,
      host: reached,
      port,
      args: proxyProtocol ? [...args, '--proxy-protocol'] : args,
    };
  }

  #file(id: string): string {
    return path.join(this.#deps.state.run, `front-${id}.json`);
  }

  #record(id: string): FrontRecord | undefined {
    const known = this.#records.get(id);
    if (known) return known;
    try {
      const read = readUntrustedJson(this.#file(id), recordSchema, maxBytes);
      this.#records.set(id, read);
      return read;
    } catch {
      // None yet, or damaged: a front of it is found by its mark.
      return undefined;
    }
  }

  #recordFront(id: string, front: RunningFront | null): void {
    const record = this.#records.get(id);
    // Its profile is gone.
    if (!record) return;
    this.#write(id, { ...record, front: front && { ...front, args: [...front.args] } });
  }

  #write(id: string, record: FrontRecord): void {
    this.#records.set(id, record);
    try {
      writeDurable(this.#file(id), `${JSON.stringify(record)}\n`);
    } catch (error) {
      this.#deps.log(`${id}: a later watcher would not know its front: ${errorText(error)}`);
    }
  }
}
