/** Broken: what the watcher does outside of updates. */
import type { Mutant } from './types.ts';

export const watcherMutants: readonly Mutant[] = [
  {
    name: 'own-update-during-a-succession',
    harm: 'Another watcher takes the gateways over while one is stopped for its update.',
    file: 'electron/watcher/updates.ts',
    find: "if (this.#gateways.busy()) return 'A gateway is being updated; that has to be finished first.';",
    replace: '',
    guard: {
      file: 'electron/watcher/gateway-update/updates.test.ts',
      name: 'runs once when it is asked for twice at once',
    },
  },
  {
    name: 'command-of-a-killed-watcher-forgotten',
    harm: 'A gateway is started while its update command still replaces its files.',
    file: 'electron/watcher/updates.ts',
    find: 'this.#gateways.takeOver();',
    replace: '',
    guard: {
      file: 'electron/watcher/gateway-update/updates.test.ts',
      name: 'is followed by one that waits for the command, says so',
    },
  },
  {
    name: 'drafts-not-swept',
    harm: 'Every watcher that is killed while it writes leaves a file behind, for ever.',
    file: 'electron/watcher/watch.ts',
    find: 'for (const written of [ledger, run, profiles, updates]) sweepDrafts(written);',
    replace: 'sweepDrafts(state.staged);',
    guard: {
      file: 'electron/watcher/watcher.test.ts',
      name: 'removes the draft of a file that a killed watcher left',
    },
  },
  {
    name: 'broken-profile-overwritten',
    harm: 'One click on “Add the demo gateway” and the profile someone was working on is gone.',
    file: 'electron/watcher/registry.ts',
    find: 'if (!this.#deps.profileExists(id)) return;',
    replace: 'return;',
    guard: {
      file: 'electron/watcher/profile-reload.test.ts',
      name: 'never overwrites a file that is not a profile in force',
    },
  },
  {
    name: 'rolled-back-version-offered',
    harm: 'The version that was just rolled back is offered again, day after day.',
    file: 'electron/watcher/version-watch.ts',
    find: 'isLater && newest !== null && !refused.includes(newest)',
    replace: 'isLater && newest !== null',
    guard: {
      file: 'electron/watcher/version-watch.test.ts',
      name: 'is not offered again when it was rolled back',
    },
  },
  {
    name: 'version-command-left-behind',
    harm: 'Every day a command that hangs is left behind, with everything that it started.',
    file: 'electron/gateway/version/ask-command.ts',
    find: ".finally(() => stopTree(started.identity, { graceful: 'none', graceMs: 0 }),)",
    replace: '',
    guard: {
      file: 'electron/gateway/version/read-version.test.ts',
      name: 'that takes too long is ended, with everything that it started',
    },
  },
  {
    name: 'retired-in-the-middle',
    harm: 'Quitting the app with its gateways ends an update half way.',
    file: 'electron/watcher/handlers.ts',
    find: "if (updates.app.view() !== null) { throw new ContractError('An update is under way; wait for its end.'); }",
    replace: '',
    guard: {
      file: 'electron/watcher/update/kill.test.ts',
      name: 'a watcher does not retire during an update',
    },
  },
  {
    name: 'succeeded-in-the-middle',
    harm: 'A watcher gives its place away while it replaces gateways.',
    file: 'electron/watcher/succession/machine.ts',
    find: "return event.type === 'offered' && event.objection === null ? hand(event) : stay(state);",
    replace: "return event.type === 'offered' ? hand(event) : stay(state);",
    guard: {
      file: 'electron/watcher/succession/machine.test.ts',
      name: 'refuses when there is an objection',
    },
  },
  {
    name: 'held-ports-not-passed-on',
    harm: 'Clients that wait for a gateway are cut off when Holdfast replaces its own watcher.',
    file: 'electron/watcher/handlers.ts',
    find: 'return { sent: heldSockets?.send(inbox, registry.heldSockets()) ?? 0 };',
    replace: 'return { sent: heldSockets?.send(inbox, []) ?? 0 };',
    guard: {
      file: 'electron/watcher/held-port.test.ts',
      name: 'passes from watcher to watcher while nothing of its gateway runs',
    },
  },
  {
    name: 'phone-secret-repeated',
    harm: 'A server repeats the secret address in its answer, and the log and the window show it.',
    file: 'electron/watcher/phone/phone.ts',
    find: 'withoutSecrets(target, answer.body)?.replace',
    replace: 'answer.body?.replace',
    guard: {
      file: 'electron/watcher/phone/phone.test.ts',
      name: 'says what the server answers, without the secret that it repeats',
    },
  },
  {
    name: 'phone-asked-to-wait-and-does-not',
    harm: 'A server that asks to be left alone for minutes is asked again after seconds.',
    file: 'electron/watcher/phone/outbox.ts',
    find: 'Math.max(waitMs, answer.retryAfterMs ?? 0)',
    replace: 'waitMs',
    guard: {
      file: 'electron/watcher/phone/phone.test.ts',
      name: 'who asks to wait is left alone for so long',
    },
  },
];
