/** Starts the app on an update's behalf: the one program the watcher starts that is no gateway's. */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { VerifiedProgram } from '../handoff/installed-file.ts';
import type { Plan } from '../handoff/plan.ts';
import { appEnvironment, type Identity, launchOutside } from '../process/index.ts';

/**
 * Starts what the plan names, with what its allow-list let through. The nonce tells the app who
 * started it. An image runs from its own path, so it is started by name: `verified` looks once more,
 * right before, whether the hashed file lies there. Rejects with a sentence (SpawnError).
 */
export async function launchApp(
  plan: Plan,
  verified?: VerifiedProgram,
): Promise<{ readonly identity: Identity }> {
  const { file, args, env } = plan.launch;
  verified?.unchanged();
  return launchOutside({
    kind: 'app',
    command: file,
    args,
    cwd: path.dirname(file),
    env: appEnvironment(env),
    // The app writes its own log; what Chromium prints is for terminals.
    stdout: 'ignore',
    stderr: 'ignore',
    nonce: randomBytes(16).toString('hex'),
    // The watcher lives outside already, and so does what it starts.
    escape: 'session',
  });
}
