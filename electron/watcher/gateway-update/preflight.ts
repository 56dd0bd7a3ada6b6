/**
 * Before anything is stopped: no update that others run is under way, and the gateway's own updater says that
 * it can do its work (`update.marker`, `update.preflight`).
 */
import { statSync } from 'node:fs';
import type { Problem } from '../../contract/gateway.ts';
import type { Profile } from '../../contract/profile.ts';
import { textOf } from '../../files/untrusted-file.ts';
import { dataPath } from '../../gateway/profiles/profiles.ts';
import { identify } from '../../process/index.ts';
import { newCommandNonce, runCommand } from '../update/command.ts';
import { type StepDeps, waysOf } from './work.ts';

/** Two short lines. */
const maxMarkerBytes = 4_096;
/** No update takes longer; then the pid is that of another program. */
const maxMarkerAgeMs = 3_600_000;

export interface CheckResult {
  /** For which nothing is stopped. */
  readonly problem: Problem | null;
  readonly detail: string;
}

export async function preflight(deps: StepDeps, profile: Profile): Promise<CheckResult> {
  const { marker, preflight: command } = waysOf(profile);
  const dataDir = deps.state.gatewayData(profile.id);
  const other = marker && markedUpdate(dataPath(marker.path, dataDir), deps.wallClock());
  if (other !== undefined) {
    const message = `${profile.name} is being updated by another program (pid ${other}).`;
    return { problem: { message, hint: 'Wait for its end, then try again.' }, detail: message };
  }
  if (!command) return { problem: null, detail: 'nothing to ask' };
  return runCommand(profile, command, {
    ...deps,
    nonce: newCommandNonce(),
    what: `The check before the update of ${profile.name}`,
    logFile: deps.state.gatewayLog(profile.id),
    dataDir,
    stateRoot: deps.state.root,
    onRunning: () => undefined,
  });
}

/** The process that the marker names, while it lives. */
function markedUpdate(file: string, now: number): number | undefined {
  const written = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (now - written > maxMarkerAgeMs) return undefined;
  const text = textOf(file, maxMarkerBytes, { owner: 'any', links: 'follow' });
  const pid = /^\d{1,10}\s*$/m.exec(text?.split('\n')[0] ?? '')?.[0];
  return pid !== undefined && identify(Number(pid)) ? Number(pid) : undefined;
}
