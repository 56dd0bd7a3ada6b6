/**
 * The gateways of this watcher: one supervisor per readable profile. What the user does to profiles,
 * in the window or in the folder, ends here, and so does what concerns all gateways at once:
 * adoption, freezing, stopping.
 */

import { isDeepStrictEqual } from 'node:util';
import { ContractError } from '../contract/define.ts';
import { errorText } from '../contract/error-text.ts';
import type { EventFacts, WatchReason } from '../contract/events.ts';
import type { EndedBy, GatewayView, Problem } from '../contract/gateway.ts';
import type { Profile } from '../contract/profile.ts';
import { readView } from '../contract/readable.ts';
import { needsPort, notPossibleHere } from '../gateway/profiles/profiles.ts';
import type { Supervisor } from '../gateway/types.ts';
import { type NamedSocket, withOneScan } from '../process/index.ts';
import type { Fronts } from './fronts.ts';
import { fileOf, onDisk, orphanNotice } from './profile-files.ts';
import { stopEvery } from './stop-all.ts';

export interface RegistryDeps {
  /** The profiles folder; for sentences. */
  readonly folder: string;
  loadProfiles(): {
    readonly profiles: readonly Profile[];
    readonly problems: Readonly<Record<string, Problem>>;
    /** The folder couldn't be read: what is missing says nothing. */
    readonly unread?: true;
  };
  /** True when the name of this profile's file is taken, by something usable or not. */
  profileExists(id: string): boolean;
  /** Throws the system's error. */
  saveProfile(profile: Profile): void;
  /** Answers what brings its file back as it was. Both throw the system's error. */
  removeProfile(profile: Profile): () => void;
  createSupervisor(profile: Profile): Supervisor;
  readonly fronts?: Fronts;
  /** The gateways of all profiles that were there at first are set up. */
  onOpened?(ids: ReadonlySet<string>): void;
  /** An update that an earlier watcher began decides whether this gateway is started. */
  withheld(id: string): boolean;
  /** `changed`: the one gateway that it is about; absent: which gateways there are, or all of them. */
  onChange(changed?: Supervisor): void;
  readonly log: { info(message: string): void; error(message: string): void };
}

/** Throws a sentence when there is no such gateway. */
export function supervisorNamed(
  supervisors: ReadonlyMap<string, Supervisor>,
  id: string,
): Supervisor {
  const found = supervisors.get(id);
  if (!found) throw new ContractError(`There is no gateway called "${id}".`);
  return found;
}

export class Registry {
  readonly #deps: RegistryDeps;
  readonly #supervisors = new Map<string, Supervisor>();
  readonly #unsubscribe = new Map<string, () => void>();
  /** They run without a profile: its file was removed in the meantime. */
  readonly #orphans = new Set<string>();
  /** By file: what is wrong with it. */
  #problems: Readonly<Record<string, Problem>> = {};
  /** By file: why the gateway of a good profile could not be set up. */
  readonly #failed = new Map<string, Problem>();
  /** What was removed here, and what brings each back. */
  readonly #removed = new Map<string, { readonly profile: Profile; putBack(): void }>();
  #frozen = false;
  #stopping: Promise<void> | null = null;

  constructor(deps: RegistryDeps) {
    this.#deps = deps;
  }

  /** Loads every profile, adopts what runs, starts what is wanted. */
  open(): void {
    const loaded = this.#deps.loadProfiles();
    this.#takeProblems(loaded.problems);
    withOneScan(() => {
      for (const profile of loaded.profiles) this.#setUp(profile);
    });
    if (!loaded.unread) this.#deps.onOpened?.(new Set(loaded.profiles.map(({ id }) => id)));
    this.#deps.onChange();
  }

  /**
   * Brings the gateways in line with the folder. It starts what is new and wanted; it neither stops
   * nor restarts anything. A gateway whose file is gone stays until it no longer runs.
   */
  reload(): void {
    // While frozen, the gateways belong to a successor, which reads the folder itself.
    if (this.#frozen || this.#stopping) return;
    withOneScan(() => {
      const { profiles, problems, unread } = this.#deps.loadProfiles();
      this.#takeProblems(problems);
      const files = new Set([...profiles.map(({ id }) => fileOf(id)), ...Object.keys(problems)]);
      for (const id of this.#supervisors.keys()) {
        if (files.has(fileOf(id))) this.#orphans.delete(id);
        else if (!unread && !this.#orphans.has(id)) this.#abandon(id);
      }
      for (const profile of profiles) this.#apply(profile);
    });
    this.#deps.onChange();
  }

  supervisors(): ReadonlyMap<string, Supervisor> {
    return this.#supervisors;
  }

  /** Throws a sentence when there is no such gateway. */
  supervisor(id: string): Supervisor {
    return supervisorNamed(this.#supervisors, id);
  }

  views(): Record<string, GatewayView> {
    return Object.fromEntries(
      [...this.#supervisors].map(([id, one]) => [id, this.#viewOf(id, one)]),
    );
  }

  profileProblems(): Readonly<Record<string, Problem>> {
    return { ...this.#problems, ...Object.fromEntries(this.#failed) };
  }

  notices(): Problem[] {
    return [...this.#supervisors]
      .flatMap(([id, one]) => [
        ...(this.#orphans.has(id) ? [orphanNotice(one.profile())] : []),
        ...one.notices(),
      ])
      .concat(this.#deps.fronts?.notices() ?? []);
  }

  /** The sockets of all ports that are held, named by their profiles. */
  heldSockets(): NamedSocket[] {
    return [...this.#supervisors].flatMap(([name, one]) => {
      const fd = one.heldSocket();
      return fd === null ? [] : [{ name, fd }];
    });
  }

  profiles(): Profile[] {
    return [...this.#supervisors.values()].map((one) => one.profile());
  }

  /** Throws a sentence; it never replaces a file that is not a profile in force: the user's work. */
  save(profile: Profile): void {
    this.#refuseToSave(profile);
    const { folder, saveProfile, onChange } = this.#deps;
    onDisk(`The profile "${profile.id}" could not be saved`, folder, () => saveProfile(profile));
    this.#problems = Object.fromEntries(
      Object.entries(this.#problems).filter(([file]) => file !== fileOf(profile.id)),
    );
    this.#orphans.delete(profile.id);
    const known = this.#supervisors.get(profile.id);
    if (known) known.setProfile(profile);
    else this.#setUp(profile);
    onChange();
  }

  /** Throws a sentence. */
  remove(id: string): void {
    const one = this.supervisor(id);
    if (hasProcess(one.view())) {
      throw new ContractError(`"${one.profile().name}" still runs. Stop it first, then remove it.`);
    }
    const { folder, removeProfile, onChange } = this.#deps;
    const profile = one.profile();
    onDisk(`The profile "${id}" could not be removed`, folder, () => {
      this.#removed.set(id, { profile, putBack: removeProfile(profile) });
    });
    this.#drop(id);
    onChange();
  }

  /** Brings back what was removed here. Throws a sentence. */
  restore(id: string): void {
    const removed = this.#removed.get(id);
    const { folder, profileExists, onChange } = this.#deps;
    if (!removed || profileExists(id)) {
      const why = removed ? `the file ${fileOf(id)} is there already` : 'it is no longer known';
      throw new ContractError(`"${id}" can’t be brought back: ${why}.`);
    }
    onDisk(`The profile "${id}" could not be brought back`, folder, () => removed.putBack());
    this.#removed.delete(id);
    this.#setUp(removed.profile);
    onChange();
  }

  /** True while a gateway is wanted or runs. */
  busy(): boolean {
    return [...this.#supervisors.values()].some((one) => {
      const view = one.view();
      return view.desired === 'running' || hasProcess(view);
    });
  }

  /** @param why for their histories */
  freeze(why: WatchReason): void {
    this.#frozen = true;
    this.#deps.fronts?.freeze();
    for (const one of this.#supervisors.values()) one.freeze(why);
  }

  /** Into the history of every gateway. */
  note(facts: EventFacts): void {
    for (const one of this.#supervisors.values()) one.note(facts);
  }

  thaw(): void {
    this.#frozen = false;
    for (const one of this.#supervisors.values()) one.thaw();
    this.#deps.fronts?.thaw(this.#supervisors.values());
  }

  /**
   * Ends every gateway, and what crashed ones left, without changing what the user wants: they run
   * again with the next watcher. Nothing is started in the meantime. When one can't be stopped this
   * rejects with a sentence, and the others are started again.
   */
  stopAll(): Promise<void> {
    // Kept when all are stopped: the watcher ends now.
    this.#stopping ??= this.#stopEverything().catch((error: unknown) => {
      this.#stopping = null;
      for (const one of this.#supervisors.values()) one.thaw();
      this.#deps.fronts?.thaw(this.#supervisors.values());
      this.reload();
      this.resumeReleased();
      throw error;
    });
    return this.#stopping;
  }

  /** Stops a gateway; resolves when nothing of it is alive and its port is free. */
  async stop(id: string, by: EndedBy): Promise<void> {
    await this.supervisor(id).stop(by);
    await this.#deps.fronts?.settled(id);
  }

  /** True from the beginning of `stopAll` on. */
  stopping(): boolean {
    return this.#stopping !== null;
  }

  /** Starts what `stopAll` or an update has stopped, unless an update that `waits` will do that. */
  resumeReleased(waits: (id: string) => boolean = () => false): void {
    if (this.#stopping) return;
    for (const one of this.#supervisors.values()) {
      if (one.view().state.status === 'released' && !waits(one.id)) one.endRelease();
    }
  }

  /** Tries at once what waits for another try: what was missing may be there now. */
  retryStarts(): void {
    if (this.#frozen) return;
    for (const one of this.#supervisors.values()) {
      const { state, desired } = one.view();
      const waits = state.status === 'waiting' || state.status === 'failed';
      if (waits && desired === 'running') one.start();
    }
  }

  close(): void {
    for (const unsubscribe of this.#unsubscribe.values()) unsubscribe();
    for (const one of this.#supervisors.values()) one.close();
  }

  async #stopEverything(): Promise<void> {
    await stopEvery([...this.#supervisors.values()]);
    await this.#deps.fronts?.endAll();
  }

  #add(profile: Profile): Supervisor {
    const { id } = profile;
    const supervisor = this.#deps.createSupervisor(profile);
    this.#supervisors.set(id, supervisor);
    this.#unsubscribe.set(
      id,
      supervisor.subscribe(() => {
        // Later: it is in the middle of its work, and has other listeners to call.
        if (this.#orphans.has(id)) queueMicrotask(() => this.#dropEndedOrphan(id));
        this.#deps.fronts?.follow(supervisor);
        this.#deps.onChange(supervisor);
      }),
    );
    return supervisor;
  }

  /** One broken gateway must not keep the others from being supervised. */
  #setUp(profile: Profile): void {
    const { log } = this.#deps;
    try {
      const supervisor = this.#add(profile);
      const adopted = supervisor.adopt();
      const { desired, state } = supervisor.view();
      if (adopted) log.info(`Took over "${profile.id}", which runs already.`);
      else if (desired === 'running' && state.status !== 'released') this.#startFirst(supervisor);
      // Nothing may have changed: an earlier watcher left it as it is.
      this.#deps.fronts?.follow(supervisor);
    } catch (error) {
      log.error(`"${profile.id}" could not be set up: ${errorText(error)}`);
      this.#failed.set(fileOf(profile.id), { message: errorText(error) });
    }
  }

  /** When its profile is set up; unless an update decides about that. */
  #startFirst(supervisor: Supervisor): void {
    if (this.#deps.withheld(supervisor.id)) void supervisor.release();
    else supervisor.start();
  }

  #apply(profile: Profile): void {
    const { log } = this.#deps;
    const known = this.#supervisors.get(profile.id);
    if (!known) {
      log.info(`"${profile.id}" has a profile now.`);
      this.#setUp(profile);
    } else if (!isDeepStrictEqual(known.profile(), profile)) {
      log.info(`The profile of "${profile.id}" was changed.`);
      known.setProfile(profile);
    }
  }

  /** Its profile is gone. */
  #abandon(id: string): void {
    if (hasProcess(this.supervisor(id).view())) {
      this.#deps.log.info(`The profile of "${id}" was removed while it runs.`);
      this.#orphans.add(id);
    } else {
      this.#deps.log.info(`The profile of "${id}" was removed.`);
      this.#drop(id);
    }
  }

  /** An orphan that crashed is still started again; one that was stopped or gave up is dropped. */
  #dropEndedOrphan(id: string): void {
    const view = this.#supervisors.get(id)?.view();
    if (this.#frozen || !view || !this.#orphans.has(id) || hasProcess(view)) return;
    if (view.desired === 'running' && view.state.status !== 'failed') return;
    this.#deps.log.info(`"${id}" no longer runs and has no profile: it is dropped.`);
    this.#drop(id);
    this.#deps.onChange();
  }

  /** Forgets a gateway that does not run; what is known about it stays in its ledger. */
  #drop(id: string): void {
    const one = this.#supervisors.get(id);
    this.#unsubscribe.get(id)?.();
    one?.note({ kind: 'profile-removed', status: 'off' });
    one?.freeze();
    one?.close();
    this.#deps.fronts?.forget(id);
    this.#unsubscribe.delete(id);
    this.#supervisors.delete(id);
    this.#orphans.delete(id);
    this.#failed.delete(fileOf(id));
  }

  #takeProblems(found: Readonly<Record<string, Problem>>): void {
    for (const [file, problem] of Object.entries(found)) {
      if (this.#problems[file]?.message === problem.message) continue;
      this.#deps.log.error(`Profile ${file}: ${problem.message}`);
    }
    this.#problems = found;
  }

  #refuseToSave(profile: Profile): void {
    const { id } = profile;
    const missing = needsPort(profile) ?? notPossibleHere(profile);
    if (missing) throw new ContractError(`The profile "${id}" was not saved: ${missing}.`);
    if (!this.#deps.profileExists(id)) return;
    // As the folder is now: the last reload may be a moment old.
    const problems = this.#deps.loadProfiles().problems;
    const broken = problems[fileOf(id)] ?? this.#failed.get(fileOf(id));
    if (!broken && this.#supervisors.has(id)) return;
    const sentences = [
      `The file ${fileOf(id)} is there already and was left as it is.`,
      broken?.message,
      broken?.hint ?? 'Correct it in the profiles folder, or remove it.',
    ];
    throw new ContractError(sentences.filter((one) => one !== undefined).join(' '));
  }

  /** One gateway that can't be shown must not hide the others. */
  #viewOf(id: string, one: Supervisor): GatewayView {
    try {
      return one.view();
    } catch (error) {
      this.#deps.log.error(`"${id}" can't be shown: ${errorText(error)}`);
      return readView(id, { id, name: id });
    }
  }
}

function hasProcess(view: GatewayView): boolean {
  return 'identity' in view.state;
}
