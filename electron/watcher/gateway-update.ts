/**
 * Brings one gateway to its newest build outside an update of Holdfast: one that ships goes to the
 * build that Holdfast brings, also after an update was undone for it; another runs the update command
 * of its profile. What fails is put back: until the new build has answered, the record of the gateway
 * keeps naming the old one, so that a watcher that is killed over this leaves nothing to finish but a
 * command that still runs, for which the next one waits.
 */
import { ContractError } from '../contract/define.ts';
import type { ResumeOptions, ShippedProgram, Supervisor } from '../gateway/types.ts';
import type { StateFolder } from '../handoff/state-folder.ts';
import type { Clock, ExitWaiter } from '../process/index.ts';
import { awaitCommand, runCommand, type UpdateCommand, updateCommandOf } from './carry-command.ts';
import {
  commandsStillRunning,
  forgetCommand,
  type RunningCommand,
  rememberCommand,
} from './running-commands.ts';

/** Beyond its own start timeout, as in an update of Holdfast; milliseconds. */
const PROVE_MS = 15_000;

export interface GatewayUpdateDeps {
  readonly state: StateFolder;
  /** Throws a sentence when there is no such gateway. */
  supervisor(id: string): Supervisor;
  /** Undefined when there is none. */
  find(id: string): Supervisor | undefined;
  /** The gateway that ships with this watcher. */
  readonly shipped: ShippedProgram;
  readonly waiter: ExitWaiter;
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  log(message: string): void;
}

export interface GatewayUpdates {
  /** Resolves when the new build serves; rejects with a sentence when the old one was put back. */
  run(id: string): Promise<void>;
  /** True while one is under way: then nothing else may stop and start gateways. */
  busy(): boolean;
  /** Has a gateway wait for an update command that an earlier watcher started and that still runs. */
  recover(): void;
  /** True while this gateway waits for that. */
  waits(id: string): boolean;
}

export function createGatewayUpdates(deps: GatewayUpdateDeps): GatewayUpdates {
  const running = new Set<string>();

  /** Whatever came of it, it is looked after as ever. */
  function over(supervisor: Supervisor): void {
    running.delete(supervisor.id);
    if (supervisor.view().state.status === 'released') supervisor.endRelease();
  }

  async function wait(supervisor: Supervisor, left: RunningCommand): Promise<void> {
    const { id } = supervisor;
    deps.log(`${id}: its update command still runs (pid ${left.command.pid}); it waits for that`);
    try {
      await awaitCommand(left.command, left.timeoutMs, deps);
      deps.log(`${id}: that update command has ended; it is started as ever`);
    } finally {
      forgetCommand(deps.state, id);
      over(supervisor);
    }
  }

  return {
    busy: () => running.size > 0,
    waits: (id) => running.has(id),
    recover() {
      for (const left of commandsStillRunning(deps.state)) {
        if (running.has(left.id)) continue;
        const supervisor = deps.find(left.id);
        if (supervisor?.view().state.status !== 'released') continue;
        running.add(left.id);
        wait(supervisor, left).catch((error: unknown) => deps.log(`${left.id}: ${textOf(error)}`));
      }
    },
    async run(id) {
      const supervisor = deps.supervisor(id);
      if (running.has(id)) {
        throw new ContractError(`${supervisor.profile().name} is being updated already.`);
      }
      running.add(id);
      try {
        await update(deps, supervisor);
      } finally {
        over(supervisor);
      }
    },
  };
}

async function update(deps: GatewayUpdateDeps, supervisor: Supervisor): Promise<void> {
  const profile = supervisor.profile();
  const command = updateCommandOf(profile);
  if (profile.program.type === 'shipped') return toShipped(deps, supervisor);
  if (command) return byCommand(deps, supervisor, command);
  throw new ContractError(
    `${profile.name} can't be updated from here: its profile names no update command.`,
  );
}

async function toShipped(deps: GatewayUpdateDeps, supervisor: Supervisor): Promise<void> {
  const { shipped, log } = deps;
  const { name, pinned, build, desired } = supervisor.view();
  if (desired === 'stopped') return supervisor.unpin();
  if (!pinned && build === shipped.buildId) {
    throw new ContractError(`${name} runs the newest build already: ${build}.`);
  }
  log(`${supervisor.id}: tries build ${shipped.buildId}`);
  await supervisor.release();
  try {
    await resume(supervisor, { shipped, expectBuild: shipped.buildId });
    supervisor.unpin();
  } catch (error) {
    // From here on it starts from what it keeps to.
    const back = await resume(supervisor, {}).then(
      () => `It runs build ${supervisor.view().build ?? pinned?.build} again.`,
      (again: unknown) => `It does not run: ${textOf(again)}`,
    );
    throw new ContractError(`${name} could not be updated: ${textOf(error)} ${back}`);
  }
}

async function byCommand(
  deps: GatewayUpdateDeps,
  supervisor: Supervisor,
  command: UpdateCommand,
): Promise<void> {
  const { id } = supervisor;
  const profile = supervisor.profile();
  const wanted = supervisor.view().desired === 'running';
  await supervisor.release();
  const { problem } = await runCommand(profile, command, {
    ...deps,
    logFile: deps.state.gatewayLog(id),
    dataDir: deps.state.gatewayData(id),
    stateRoot: deps.state.root,
    onRunning: (identity) =>
      remember(deps, { id, command: identity, timeoutMs: command.timeoutMs }),
  });
  forgetCommand(deps.state, id);
  if (problem) throw new ContractError(`${problem.message} ${problem.hint ?? ''}`.trim());
  if (!wanted) return;
  try {
    await resume(supervisor, {});
  } catch (error) {
    throw new ContractError(`${profile.name} was updated, and then: ${textOf(error)}`);
  }
}

function remember({ state, log }: GatewayUpdateDeps, command: RunningCommand): void {
  try {
    rememberCommand(state, command);
  } catch (error) {
    log(`${command.id}: a later watcher would not know of its update command: ${textOf(error)}`);
  }
}

async function resume(
  supervisor: Supervisor,
  options: Omit<ResumeOptions, 'timeoutMs'>,
): Promise<void> {
  const timeoutMs = supervisor.profile().startTimeoutMs + PROVE_MS;
  await supervisor.resume({ ...options, timeoutMs });
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
