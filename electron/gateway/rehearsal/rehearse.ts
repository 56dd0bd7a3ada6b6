/**
 * A rehearsal: the next version of a gateway is started beside the running one, on a free port of the
 * loopback and a copy of its data, and has to answer as its profile says. Then it is stopped, and
 * nothing of it is left, whatever came of it.
 *
 *   record ─► copy data ─► prepare ─► start ─► ready ─► stop ─► end what is left ─► remove copy, record
 *                 └───────────┴─────────┴────────┴─ failed, late, cancelled ─►┘
 *
 * It changes nothing else: the running gateway, its data and what is known of it stay as they are.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { errorText } from '../../contract/error-text.ts';
import type { Problem, Proof } from '../../contract/gateway.ts';
import type { Profile } from '../../contract/profile.ts';
import { copyIn, takeSnapshot } from '../../files/snapshot/snapshot.ts';
import { stateFolder } from '../../files/state-folder.ts';
import { removeStopPipe, spawnDetached } from '../../process/index.ts';
import { HeldPort } from '../held-port.ts';
import type { Launcher } from '../launcher.ts';
import { lastOutput, tellingLine } from '../logs/last-output.ts';
import { freePort } from '../probes/free-port.ts';
import { commandEnvironment } from '../profiles/command-environment.ts';
import { prepare } from '../profiles/program.ts';
import { fileSize, processFromSpawn, type RunningProcess } from '../running-process.ts';
import { Stopping } from '../stop/stopping.ts';
import type {
  RehearsalOptions,
  RehearsalReport,
  ShippedProgram,
  SupervisorDeps,
  UserEnvironment,
} from '../types.ts';
import {
  type EndDeps,
  endRehearsal,
  endRehearsals,
  type RehearsalFolders,
  type RehearsalRecord,
  rehearsalFolder,
  writeRecord,
} from './record.ts';
import { filled, rehearsalOf, rehearsalProfile, rehearsalVariable } from './rehearsal-profile.ts';
import { runToEnd } from './run-to-end.ts';
import { untilReady } from './until-ready.ts';

interface RehearsalSetup extends EndDeps {
  /** Of the gateway as it runs. */
  readonly profile: Profile;
  /** The next build of a gateway that ships. */
  readonly shipped: () => ShippedProgram;
  /** With a status address in the profile: the answer must name this very build. */
  readonly expectBuild?: string | undefined;
  readonly beforeStart?: (() => void) | undefined;
  /** How long it may take until ready (see Supervisor.startLimitMs), milliseconds. */
  readonly limitMs: number;
  readonly folders: RehearsalFolders;
  readonly stateRoot: string;
  /** The gateway's own data folder, which is copied. */
  readonly dataDir: string;
  /** Where the output goes; replaced by each rehearsal. */
  readonly logFile: string;
  readonly user: UserEnvironment;
  /** Ends it: it then counts as failed. */
  readonly signal?: AbortSignal | undefined;
}

/** Tries the next version of a supervised gateway. Never rejects: what went wrong is in the report. */
export function rehearseNext(
  deps: SupervisorDeps,
  { profile, locations }: Pick<Launcher, 'profile' | 'locations'>,
  limitMs: number,
  { shipped, ...options }: RehearsalOptions,
): Promise<RehearsalReport> {
  return rehearse({
    ...deps,
    ...options,
    profile,
    limitMs,
    shipped: () => shipped ?? locations.shipped(),
    user: locations.user,
    folders: stateFolder(deps.stateRoot),
    logFile: deps.logFile.replace(/\.log$/, '.rehearsal.log'),
  });
}

async function rehearse(setup: RehearsalSetup): Promise<RehearsalReport> {
  const { profile, folders, logFile } = setup;
  await endRehearsals(folders, setup, profile.id);
  const record = { id: profile.id, nonce: randomBytes(16).toString('hex'), processes: [] };
  const rehearsal = new RehearsalRun(setup, record);
  try {
    const evidence = await rehearsal.run();
    return { ok: true, problem: null, ...evidence, tookMs: rehearsal.tookMs, lastLines: [] };
  } catch (error) {
    const lastLines = lastOutput(logFile, 0, fileSize(logFile));
    const problem = problemOf(profile, error, tellingLine(lastLines), logFile);
    return { ok: false, problem, tookMs: rehearsal.tookMs, build: null, proof: null, lastLines };
  } finally {
    await rehearsal.end();
  }
}

function problemOf(
  { name }: Profile,
  error: unknown,
  lastLine: string | null,
  logFile: string,
): Problem {
  const why = errorText(error).replace(/\.$/, '');
  const printed =
    lastLine === null || why.includes(lastLine) ? '' : ` It last printed: “${lastLine}”`;
  return {
    message: `The new version of ${name} was tried beside the running one and did not serve: ${why}.${printed}`,
    hint: `${name} was not touched. The output of the try is in ${logFile}.`,
  };
}

class RehearsalRun {
  readonly #setup: RehearsalSetup;
  readonly #folder: string;
  readonly #heldPort = new HeldPort({ passedOn: undefined, notice: () => undefined });
  #record: RehearsalRecord;
  #running: RunningProcess | null = null;
  /** Where the data of the rehearsal is; known once it was copied. */
  #dataDir = '';
  #startedAt: number | null = null;
  #tookMs = 0;
  #wasReady = false;

  constructor(setup: RehearsalSetup, record: RehearsalRecord) {
    this.#setup = setup;
    this.#record = record;
    this.#folder = rehearsalFolder(setup.folders, record.id);
  }

  get tookMs(): number {
    return this.#tookMs;
  }

  async run(): Promise<{ build: string | null; proof: Proof }> {
    const { profile, limitMs, signal, logFile } = this.#setup;
    signal?.throwIfAborted();
    writeRecord(this.#setup.folders, this.#record);
    rmSync(logFile, { force: true });
    const copies = await this.#copyData();
    const candidate = path.join(this.#folder, 'candidate');
    mkdirSync(candidate, { recursive: true, mode: 0o700 });
    const port = profile.port === undefined ? undefined : await freePort(profile.host);
    const around = { port, candidate, copies, limitMs };
    await this.#prepareCandidate((text) => filled(text, around));
    const running = this.#start(rehearsalProfile(profile, around));
    return this.#untilReady(running);
  }

  /** Stops what was started, and removes everything. */
  async end(): Promise<void> {
    const { folders } = this.#setup;
    await this.#stop();
    this.#heldPort.close();
    await endRehearsal(folders, this.#record, this.#setup);
  }

  /** The copies of what the profile names; the one of its own data folder is noted. */
  async #copyData(): Promise<string[]> {
    const { profile, dataDir, signal } = this.#setup;
    const named = rehearsalOf(profile)?.data ?? [];
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const target = path.join(this.#folder, 'copy');
    const options = { live: true, durable: false, ...(signal ? { signal } : {}) };
    const made = await takeSnapshot([dataDir, ...named], target, options);
    const places: string[] = [];
    for (const [at, source] of [dataDir, ...named].entries()) {
      // Nothing is there yet: it may make its own.
      places.push((await copyIn(target, made, source)) ?? path.join(this.#folder, `new-${at}`));
    }
    const [own = '', ...copies] = places;
    this.#dataDir = own;
    return copies;
  }

  async #prepareCandidate(fill: (text: string) => string): Promise<void> {
    const { profile, logFile, stateRoot, signal } = this.#setup;
    const command = rehearsalOf(profile)?.prepare;
    if (!command) return;
    const env = { ...profile.env, ...rehearsalOf(profile)?.env };
    const own = Object.fromEntries(Object.entries(env).map(([name, text]) => [name, fill(text)]));
    const program = fill(command.command);
    await runToEnd({
      ...this.#setup,
      signal,
      timeoutMs: command.timeoutMs,
      spec: {
        kind: 'installer',
        command: program,
        args: command.args.map(fill),
        cwd: command.cwd === undefined ? this.#folder : fill(command.cwd),
        env: {
          ...commandEnvironment(
            { env: own },
            { ...command, command: program },
            {
              env: process.env,
              user: this.#setup.user,
            },
          ),
          HOLDFAST_STATE: stateRoot,
          [rehearsalVariable]: '1',
        },
        stdout: logFile,
        stderr: logFile,
        nonce: this.#record.nonce,
        escape: 'session',
      },
      onRunning: (identity) => this.#note(identity),
    });
  }

  #start(profile: Profile): RunningProcess {
    const { clock, logFile, stateRoot, user, shipped } = this.#setup;
    const locations = { dataDir: this.#dataDir, logFile, stateRoot, user, shipped };
    const prepared = prepare(profile, locations, this.#record.nonce);
    const listen = this.#heldPort.hold(profile);
    this.#setup.beforeStart?.();
    const logOffset = fileSize(logFile);
    this.#startedAt = clock.now();
    const result = spawnDetached(listen ? { ...prepared.spec, listen } : prepared.spec);
    this.#running = processFromSpawn(result, prepared, logOffset, profile, profile);
    this.#note(result.identity);
    return this.#running;
  }

  async #untilReady(process: RunningProcess): Promise<{ build: string | null; proof: Proof }> {
    const { clock, expectBuild } = this.#setup;
    try {
      const found = await untilReady({
        ...this.#setup,
        process,
        dataDir: this.#dataDir,
        expectBuild,
      });
      this.#wasReady = true;
      return found;
    } finally {
      this.#tookMs = Math.round(clock.now() - (this.#startedAt ?? clock.now()));
    }
  }

  async #stop(): Promise<void> {
    const running = this.#running;
    if (!running) return;
    const { profile, identity, stopPipe } = running;
    const stopping = new Stopping({ ...this.#setup, dataDir: this.#dataDir });
    const { graceMs } = profile.stop;
    // What it leaves is ended without a grace afterwards.
    // One that never became ready may not hear the request either.
    const mayNotHear = !this.#wasReady;
    await stopping.stop({ identity, graceMs, mayNotHear, profile, stopPipe });
    if (stopPipe !== null) removeStopPipe(stopPipe);
  }

  /** A program that hides its nonce must be found too. */
  #note(identity: RehearsalRecord['processes'][number]): void {
    this.#record = { ...this.#record, processes: [...this.#record.processes, identity] };
    writeRecord(this.#setup.folders, this.#record);
  }
}
