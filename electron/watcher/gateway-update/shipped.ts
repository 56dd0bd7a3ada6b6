/**
 * Brings a gateway that ships to the build that Holdfast brings, also after an update was undone for it. Until
 * the new build has answered, the gateway's record names the old one: a watcher that is killed in between
 * leaves nothing to finish.
 */
import { ContractError } from '../../contract/define.ts';
import { errorText } from '../../contract/error-text.ts';
import type { ResumeOptions, ShippedProgram, Supervisor } from '../../gateway/types.ts';
import { proveMs } from './work.ts';

/** Resolves when the new build serves; rejects with a sentence when the old one was restored. */
export async function updateShipped(
  { shipped, log }: { readonly shipped: ShippedProgram; log(message: string): void },
  supervisor: Supervisor,
): Promise<void> {
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
    // From here on it starts from the build that it keeps to.
    const back = await resume(supervisor, {}).then(
      () => `It runs build ${supervisor.view().build ?? pinned?.build} again.`,
      (again: unknown) => `It does not run: ${errorText(again)}`,
    );
    throw new ContractError(`${name} could not be updated: ${errorText(error)} ${back}`);
  }
}

async function resume(
  supervisor: Supervisor,
  options: Omit<ResumeOptions, 'timeoutMs'>,
): Promise<void> {
  const timeoutMs = supervisor.startLimitMs() + proveMs;
  await supervisor.resume({ ...options, timeoutMs });
}
