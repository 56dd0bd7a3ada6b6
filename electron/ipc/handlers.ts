/** What the app does for each call of its contract: mostly passing an intent to whoever owns it. */
import type { AppContract } from '../contract/app-contract.ts';
import { type Client, ContractError, type Handlers } from '../contract/define.ts';
import type { Restart } from '../contract/gateway.ts';
import type { Profile } from '../contract/profile.ts';
import type { WatcherContract } from '../contract/watcher-contract.ts';
import type { MemoryService } from '../settings/memory.ts';
import type { SettingsService } from '../settings/settings.ts';
import { type AppParts, isAway } from './app-state.ts';
import type { AppStore } from './app-store.ts';
import type { WindowCaller } from './ipc-server.ts';
import type { LogForwarding } from './log-forwarding.ts';
import {
  type CommandQuestion,
  offersWithoutValues,
  questionFor,
  questionForForm,
  withoutValues,
  withValues,
} from './profile-guard.ts';

/** The intents of the update service. */
export interface UpdateIntents {
  check(): unknown;
  download(): unknown;
  cancel(): unknown;
  install(): unknown;
  retry(): unknown;
}

export interface HandlerDeps {
  readonly store: AppStore;
  readonly watcher: Client<WatcherContract>;
  readonly logs: LogForwarding;
  readonly updates: UpdateIntents;
  readonly settings: SettingsService;
  readonly memory: MemoryService;
  /** Shows a file in its folder. */
  readonly revealFile: (file: string) => void;
  /** Where the profiles lie; throws a sentence when there is no such folder of ours. */
  readonly profilesFolder: () => string;
  /** Opens a folder; rejects with a sentence. */
  readonly openFolder: (folder: string) => Promise<void>;
  readonly answerQuit: (
    choice: 'keep' | 'stop' | 'cancel',
    remember: boolean,
  ) => void | Promise<void>;
  readonly dismissTrayNotice: () => void;
  /** Asks the user, outside the window's page, whether this is to be run. */
  readonly confirmCommand: (question: CommandQuestion) => Promise<boolean>;
}

/** One handler per call; the compiler refuses a missing or a strange one. */
export function createHandlers(deps: HandlerDeps): Handlers<AppContract, WindowCaller> {
  const { store, watcher } = deps;
  const subscribed = new Set<number>();
  /** What was found on this machine when the window last asked. */
  let offered: readonly Profile[] = [];
  const confirm = async (question: CommandQuestion): Promise<void> => {
    if (await deps.confirmCommand(question)) return;
    throw new ContractError(`“${question.name}” was not saved: you did not agree to run it.`);
  };
  const intend =
    <Input>(intent: (input: Input) => unknown) =>
    async (input: Input): Promise<undefined> => {
      refuseWhileAway(store.parts());
      await intent(input);
    };

  return {
    subscribe(_, caller) {
      if (!subscribed.has(caller.id)) {
        subscribed.add(caller.id);
        const stop = store.subscribe((patch) => caller.send('patch', patch));
        caller.onGone(() => {
          stop();
          subscribed.delete(caller.id);
        });
      }
      return store.snapshot();
    },
    'gateway.start': intend((input: { id: string }) => watcher.call('gateway.start', input)),
    'gateway.stop': intend((input: { id: string }) => watcher.call('gateway.stop', input)),
    'gateway.restart': intend((input: Restart) => watcher.call('gateway.restart', input)),
    'gateway.update': intend((input: { id: string }) => watcher.call('gateway.update', input)),
    'preset.list': async () => {
      const views = await watcher.call('preset.list', undefined);
      offered = views.flatMap(({ found }) => found.map(({ profile }) => profile));
      return offersWithoutValues(views);
    },
    'preset.add': async (input) => {
      refuseWhileAway(store.parts());
      if (input.id !== 'remote') await confirm(questionForForm(input.values));
      return watcher.call('preset.add', input);
    },
    'profile.list': async () => {
      const profiles = await watcher.call('profile.list', undefined);
      return profiles.map(withoutValues);
    },
    'profile.save': intend(async ({ profile }: { profile: Profile }) => {
      const known = [...(await watcher.call('profile.list', undefined)), ...offered];
      const whole = withValues(
        profile,
        known.find(({ id }) => id === profile.id),
      );
      const question = questionFor(whole, known);
      if (question) await confirm(question);
      return watcher.call('profile.save', { profile: whole });
    }),
    'profile.suggest': async (input) => {
      const suggestion = await watcher.call('profile.suggest', input);
      return suggestion && { ...suggestion, profile: withoutValues(suggestion.profile) };
    },
    'profile.remove': intend((input: { id: string }) => watcher.call('profile.remove', input)),
    'profile.reveal': async () => {
      await deps.openFolder(deps.profilesFolder());
      return undefined;
    },
    'log.follow': (input, caller) => deps.logs.follow(caller, input),
    'log.unfollow': async ({ id }) => {
      await deps.logs.unfollow(id);
      return undefined;
    },
    'log.reveal': async ({ id }) => {
      const { app, gateways } = store.state();
      if (id === undefined) {
        await deps.openFolder(app.logFolder);
        return undefined;
      }
      const gateway = Object.hasOwn(gateways, id) ? gateways[id] : undefined;
      if (!gateway) throw new ContractError(`There is no gateway named ${id}.`);
      deps.revealFile(gateway.logFile);
      return undefined;
    },
    'update.check': intend(() => deps.updates.check()),
    'update.download': intend(() => deps.updates.download()),
    'update.cancel': intend(() => deps.updates.cancel()),
    'update.install': intend(() => deps.updates.install()),
    'update.retry': intend(() => deps.updates.retry()),
    'receipt.dismiss': () => {
      const receipt = store.parts().watcher?.receipt ?? null;
      if (receipt === null) return undefined;
      const dismissed = { attempt: receipt.attempt, outcome: receipt.outcome };
      deps.memory.remember({ dismissed });
      store.put({ dismissed });
      return undefined;
    },
    'settings.change': (change) => {
      deps.settings.change(change);
      return undefined;
    },
    'trayNotice.dismiss': () => {
      deps.dismissTrayNotice();
      return undefined;
    },
    'quit.answer': async ({ choice, remember }) => {
      await deps.answerQuit(choice, remember);
      return undefined;
    },
  };
}

/** An app that came in the middle of an update only watches. */
function refuseWhileAway(parts: AppParts): void {
  if (parts.startedByWatcher || !isAway(parts.watcher)) return;
  throw new ContractError('Holdfast is being updated. Try again when the update has finished.');
}
