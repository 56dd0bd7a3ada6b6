/** Trials of profiles that are being typed: which are allowed, and their early end when the watcher ends. */
import { ContractError } from '../contract/define.ts';
import type { Trial } from '../contract/presets.ts';
import type { Profile } from '../contract/profile.ts';
import { type TrialSetup, tryProfile } from '../gateway/rehearsal/trial.ts';
import type { Supervisor } from '../gateway/types.ts';

export class Trials {
  readonly #setup: () => Omit<TrialSetup, 'profile' | 'signal'>;
  readonly #running = new Map<Promise<unknown>, AbortController>();

  constructor(setup: () => Omit<TrialSetup, 'profile' | 'signal'>) {
    this.#setup = setup;
  }

  /**
   * Rejects with a sentence.
   * @param known the gateway of this profile, if there is one
   */
  async run(profile: Profile, known: Supervisor | undefined): Promise<Trial> {
    refuse(profile, known);
    const control = new AbortController();
    const trial = tryProfile({ ...this.#setup(), profile, signal: control.signal });
    this.#running.set(trial, control);
    try {
      return await trial;
    } finally {
      this.#running.delete(trial);
    }
  }

  /** Ends what runs; resolves when nothing of it is left. */
  async endAll(): Promise<void> {
    for (const control of this.#running.values()) control.abort(new Error('The watcher ends.'));
    await Promise.allSettled(this.#running.keys());
  }
}

function refuse({ program, listen }: Profile, known: Supervisor | undefined): void {
  if (program.type !== 'command') {
    throw new ContractError('Only a command can be tested.');
  }
  if (listen !== undefined) {
    throw new ContractError('Holdfast holds its port, so it can’t be tested alone. Start it.');
  }
  const state = known?.view().state;
  if (state && ('identity' in state || state.status === 'external')) {
    throw new ContractError('It is running already. Stop it before you test it.');
  }
}
