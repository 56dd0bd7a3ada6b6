/** What a supervisor is made of, each part with its own state, and what they need of each other. */
import type { Problem } from '../contract/gateway.ts';
import { watchMemoryKills } from '../process/index.ts';
import { Absence } from './absence/absence.ts';
import { Recorder } from './events/recorder.ts';
import { ExternalTracker } from './external/tracker.ts';
import { HealthControl } from './health/health-control.ts';
import { HeldPort } from './held-port.ts';
import { Launcher } from './launcher.ts';
import type { Ledger } from './ledger/ledger.ts';
import { LedgerKeeper } from './ledger/ledger-keeper.ts';
import { LogKeeper } from './logs/log-keeper.ts';
import { MachineRunner, type RunnerDeps } from './machine/runner.ts';
import { initialModel } from './model.ts';
import { ProcessControl } from './process-control.ts';
import { StartCheck } from './start-check.ts';
import { Leftovers } from './stop/leftovers.ts';
import { defaultTuning } from './tuning.ts';
import type { SupervisorDeps } from './types.ts';
import { Notices } from './view.ts';

export interface Parts {
  readonly notices: Notices;
  readonly heldPort: HeldPort;
  readonly launcher: Launcher;
  readonly machine: MachineRunner;
  readonly leftovers: Leftovers;
  readonly health: HealthControl;
  readonly process: ProcessControl;
  readonly external: ExternalTracker;
  readonly startCheck: StartCheck;
  readonly ledger: LedgerKeeper;
  readonly log: LogKeeper;
  readonly absence: Absence;
  /** Absent in tests that keep no history. */
  readonly recorder: Recorder | null;
}

/** What the parts need of the supervisor itself. */
export interface Supervising extends Pick<RunnerDeps, 'settings' | 'perform' | 'changed'> {
  /** What the ledger is to say now. */
  toLedger(): Ledger;
}

export function createParts(deps: SupervisorDeps, supervisor: Supervising): Parts {
  const { changed } = supervisor;
  const { clock, waiter, stateRoot, dataDir, logFile, log } = deps;
  const { id, autostart } = deps.profile;
  const tuning = { ...defaultTuning, ...deps.tuning };
  const notices = new Notices(id, log, changed);
  const notice = (topic: string, problem: Problem | null): void => notices.put(topic, problem);
  const heldPort = new HeldPort({
    passedOn: deps.passedOn,
    notice: (problem) => notice('held-port', problem),
  });
  const launcher = new Launcher({ ...deps, heldPort });
  const name = (): string => launcher.profile.name;
  const machine = new MachineRunner(initialModel(autostart ? 'running' : 'stopped'), {
    ...supervisor,
    clock,
    random: () => deps.random(),
    moved: (model, before, event) => {
      heldPort.follow(model);
      recorder?.step(before, event, model);
    },
  });
  const recorder = deps.history
    ? new Recorder({
        ...deps.history,
        clock,
        name,
        model: () => machine.model,
        notice: (problem) => notice('history', problem),
        changed,
      })
    : null;
  const system = { clock, waiter, stateRoot, dataDir, logFile, log };
  const leftovers = new Leftovers({ ...system, id, sweepAfterMs: tuning.sweepAfterMs });
  const common = { ...system, tuning, heldPort, launcher, machine, leftovers, notice, changed };
  const { frontOpen } = deps;
  const former = () => leftovers.former();
  const health = new HealthControl({ ...common, former, ...(frontOpen && { frontOpen }) });
  const { watchMemory = watchMemoryKills } = deps;
  const process = new ProcessControl({ ...common, health, watchMemory });
  const external = new ExternalTracker({
    ...common,
    onReport: (reading) => health.onReport(reading),
  });
  const startCheck = new StartCheck({ ...common, external, start: () => process.start() });
  const ledger = new LedgerKeeper({
    folder: deps.ledgerDir,
    id,
    name,
    content: supervisor.toLedger,
    notice: (problem) => notice('ledger', problem),
  });
  const logKeeper = new LogKeeper({
    ...system,
    file: logFile,
    maxBytes: deps.logMaxBytes ?? (() => tuning.logMaxBytes),
    name,
    writer: () => process.logWriter(),
    notice: (problem) => notice('log-location', problem),
  });
  return {
    notices,
    heldPort,
    launcher,
    machine,
    leftovers,
    health,
    process,
    external,
    startCheck,
    ledger,
    log: logKeeper,
    absence: new Absence(clock),
    recorder,
  };
}

/** Gives up everything that could act later; the gateway runs on. */
export function letGo(parts: Parts): void {
  const { machine, process, health, external, startCheck, leftovers, ledger, log } = parts;
  machine.pause();
  process.letGo();
  health.end();
  external.end();
  startCheck.cancel();
  leftovers.forget();
  ledger.cancel();
  parts.absence.drop();
  log.end();
  parts.recorder?.close();
}
