/** What the app does for each call of its contract: mostly passing an intent to its owner. */
import { join } from 'node:path';
import type { AppContract } from '../contract/app-contract.ts';
import { type Client, ContractError, type Handlers, type Input } from '../contract/define.ts';
import type { Profile } from '../contract/profile.ts';
import type { Receipt } from '../contract/receipt.ts';
import { passedOnCalls, type WatcherContract } from '../contract/watcher-contract.ts';
import { copyWholeLog } from '../files/log-file.ts';
import type { MemoryService } from '../settings/memory.ts';
import type { SettingsService } from '../settings/settings.ts';
import type { ShownView } from '../window/main-window.ts';
import { isAway } from './app-state.ts';
import type { AppStore } from './app-store.ts';
import { isPlainFile, refusalOf } from './chosen-path.ts';
import { exportGateways, importGateways } from './gateway-transfer.ts';
import type { HelpReport } from './help-report.ts';
import type { WindowCaller } from './ipc-server.ts';
import { setOnPath } from './launcher-path.ts';
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
  pause(): unknown;
  cancel(): unknown;
  install(): unknown;
  retry(): unknown;
  goBack(): unknown;
}

export interface HandlerDeps {
  readonly store: AppStore;
  readonly watcher: Client<WatcherContract>;
  readonly logs: LogForwarding;
  readonly report: HelpReport;
  readonly updates: UpdateIntents;
  readonly settings: SettingsService;
  readonly memory: MemoryService;
  /** Of the last updates of Holdfast, newest first. */
  readonly receipts: () => Receipt[];
  /** Shows a file in its folder. */
  readonly revealFile: (file: string) => void;
  /** Where the profiles lie; throws a sentence when there is no such folder of ours. */
  readonly profilesFolder: () => string;
  /** Opens a folder; rejects with a sentence. */
  readonly openFolder: (folder: string) => Promise<void>;
  /** Opens a file with the program that is made for it; rejects with a sentence. */
  readonly openFile: (file: string) => Promise<void>;
  /** Lets the user choose in a dialog of the desktop; null when they do not. */
  readonly choosePath: (
    kind: 'program' | 'folder',
    from: string | undefined,
  ) => Promise<string | null>;
  readonly answerQuit: (
    choice: 'keep' | 'stop' | 'cancel',
    remember: boolean,
  ) => void | Promise<void>;
  readonly viewShown: (view: ShownView) => void;
  /** Asks the user, outside the window's page, whether this is to be run. */
  readonly confirmCommand: (question: CommandQuestion) => Promise<boolean>;
  /** Asks the user, outside the window's page, whether messages may be sent to this host. */
  readonly confirmPhone: (host: string) => Promise<boolean>;
  /** Asks the user where to save a file of this name; null: nowhere. */
  readonly askWhereToSave: (name: string) => Promise<string | null>;
  /** Asks the user where to export gateways to; null: nowhere. */
  readonly askWhereToExport: (name: string) => Promise<string | null>;
  /** The user chooses a file of gateways; null: none. */
  readonly chooseGateways: () => Promise<string | null>;
  /** Opens an address in the user's browser, when the user agrees; rejects with a sentence. */
  readonly openAddress: (address: string) => Promise<void>;
}

type AppHandlers = Handlers<AppContract, WindowCaller>;
type PassedOn = keyof typeof passedOnCalls;
/** The handlers of the calls that begin with `Prefix`, but those that are passed on. */
type Group<Prefix extends string> = Omit<
  Pick<AppHandlers, Extract<keyof AppHandlers, `${Prefix}.${string}`>>,
  PassedOn
>;

/** One handler per call; the compiler refuses a missing or an unknown one. */
export function createHandlers(deps: HandlerDeps): AppHandlers {
  return {
    subscribe: createSubscribe(deps.store),
    ...passOn(deps),
    ...presetAndProfileHandlers(deps),
    ...transferHandlers(deps),
    ...logHandlers(deps),
    'events.list': (input) => deps.watcher.call('events.list', input),
    'usage.sample': () => deps.watcher.call('usage.sample', undefined),
    ...phoneHandlers(deps),
    'events.summary': (input) => deps.watcher.call('events.summary', input),
    'report.contents': () => deps.report.contents(),
    'report.save': async () => ({ file: await deps.report.save() }),
    ...updateHandlers(deps),
    'receipt.list': () => deps.receipts(),
    'receipt.dismiss': () => {
      const receipt = deps.store.parts().watcher?.receipt ?? null;
      if (receipt === null) return undefined;
      const dismissed = { attempt: receipt.attempt, outcome: receipt.outcome };
      deps.memory.remember({ dismissed });
      deps.store.put({ dismissed });
      return undefined;
    },
    'path.choose': async ({ kind, from }) => {
      const path = await deps.choosePath(kind, from);
      const refusal = path === null ? null : refusalOf(kind, path);
      if (refusal !== null) throw new ContractError(refusal);
      return { path };
    },
    'launcher.onPath': async ({ on }) => {
      await setOnPath(deps.store, on);
      return undefined;
    },
    'settings.change': (change) => {
      deps.settings.change(change);
      return undefined;
    },
    'view.shown': (view) => {
      deps.viewShown(view);
      return undefined;
    },
    'quit.answer': async ({ choice, remember }) => {
      await deps.answerQuit(choice, remember);
      return undefined;
    },
  };
}

/** An app that was started in the middle of an update only watches, and so does the one that is replaced. */
function refuseWhileAway(store: AppStore): void {
  const { startedByWatcher, watcher, update } = store.parts();
  if (!isAway(watcher) || (startedByWatcher && update.status !== 'handed-over')) return;
  throw new ContractError('Holdfast is being updated. Try again when the update has finished.');
}

function createSubscribe(store: AppStore): AppHandlers['subscribe'] {
  const subscribed = new Set<number>();
  return (_, caller) => {
    if (!subscribed.has(caller.id)) {
      subscribed.add(caller.id);
      const stop = store.subscribe((patch) => caller.send('patch', patch));
      caller.onGone(() => {
        stop();
        subscribed.delete(caller.id);
      });
    }
    return store.snapshot();
  };
}

function passOn({ store, watcher }: HandlerDeps): Pick<AppHandlers, PassedOn> {
  const handlerOf = <K extends PassedOn>(name: K) => [
    name,
    async (input: Input<WatcherContract, K>): Promise<undefined> => {
      refuseWhileAway(store);
      await watcher.call(name, input);
    },
  ];
  // Object.keys and Object.fromEntries lose the types of names and handlers; both follow the same table.
  const names = Object.keys(passedOnCalls) as PassedOn[];
  return Object.fromEntries(names.map(handlerOf)) as Pick<AppHandlers, PassedOn>;
}

function presetAndProfileHandlers(deps: HandlerDeps): Group<'preset' | 'profile'> {
  const { store, watcher } = deps;
  /** What was found on this machine when the window last asked. */
  let offered: readonly Profile[] = [];
  const confirm = async (question: CommandQuestion): Promise<void> => {
    if (await deps.confirmCommand(question)) return;
    throw new ContractError(`“${question.name}” was not saved or run: you did not agree to it.`);
  };
  /** The profile with its hidden values, once the user agrees to what it runs. */
  const agreed = async (profile: Profile): Promise<Profile> => {
    refuseWhileAway(store);
    const known = [...(await watcher.call('profile.list', undefined)), ...offered];
    const whole = withValues(
      profile,
      known.find(({ id }) => id === profile.id),
    );
    const question = questionFor(whole, known);
    if (question) await confirm(question);
    return whole;
  };
  return {
    'preset.list': async () => {
      const views = await watcher.call('preset.list', undefined);
      offered = views.flatMap(({ found }) => found.map(({ profile }) => profile));
      return offersWithoutValues(views);
    },
    'preset.add': async (input) => {
      refuseWhileAway(store);
      if (input.id !== 'remote') await confirm(questionForForm(input.values));
      return watcher.call('preset.add', input);
    },
    'profile.list': async () => {
      const profiles = await watcher.call('profile.list', undefined);
      return profiles.map(withoutValues);
    },
    'profile.save': async ({ profile }) => {
      await watcher.call('profile.save', { profile: await agreed(profile) });
      return undefined;
    },
    'profile.test': async ({ profile }) =>
      watcher.call('profile.test', { profile: await agreed(profile) }),
    'profile.check': (input) => watcher.call('profile.check', input),
    'profile.duplicate': (input) => {
      refuseWhileAway(store);
      return watcher.call('profile.duplicate', input);
    },
    'profile.suggest': async (input) => {
      const suggestion = await watcher.call('profile.suggest', input);
      return suggestion && { ...suggestion, profile: withoutValues(suggestion.profile) };
    },
    'profile.reveal': async () => {
      await deps.openFolder(deps.profilesFolder());
      return undefined;
    },
    'profile.open': async ({ file }) => {
      if (!store.state().problems.some((one) => one.file === file)) {
        throw new ContractError(`${file} is not there any more, or is in order by now.`);
      }
      const path = join(deps.profilesFolder(), file);
      // A link or a folder is not opened, wherever it leads: it is shown.
      if (isPlainFile(path)) await deps.openFile(path);
      else deps.revealFile(path);
      return undefined;
    },
  };
}

function transferHandlers(deps: HandlerDeps): Group<'gateways'> {
  const { store, watcher } = deps;
  const transfer = {
    profiles: () => watcher.call('profile.list', undefined),
    save: (profile: Profile) => watcher.call('profile.save', { profile }),
    askWhere: deps.askWhereToExport,
    choose: deps.chooseGateways,
    confirm: deps.confirmCommand,
  };
  return {
    'gateways.export': ({ id }) => exportGateways(transfer, id),
    'gateways.import': () => {
      refuseWhileAway(store);
      return importGateways(transfer);
    },
  };
}

/** A page that was taken over must not send anything anywhere: the user confirms every new address. */
function phoneHandlers({ watcher, confirmPhone }: HandlerDeps): Group<'phone'> {
  const confirm = async (address: string): Promise<void> => {
    // What is no address is refused by the watcher, with a sentence.
    if (!URL.canParse(address) || (await confirmPhone(new URL(address).host))) return;
    throw new ContractError('Nothing was sent or saved: you did not agree to it.');
  };
  return {
    'phone.show': () => watcher.call('phone.show', undefined),
    'phone.set': async (input) => {
      await confirm(input.address);
      return watcher.call('phone.set', input);
    },
    'phone.tell': (input) => watcher.call('phone.tell', input),
    'phone.remove': () => watcher.call('phone.remove', undefined),
    'phone.test': async (typed) => {
      if (typed) await confirm(typed.address);
      return watcher.call('phone.test', typed);
    },
  };
}

function logHandlers(deps: HandlerDeps): Group<'log'> {
  const gatewayOf = (id: string) => {
    const { gateways } = deps.store.state();
    const gateway = Object.hasOwn(gateways, id) ? gateways[id] : undefined;
    if (!gateway) throw new ContractError(`There is no gateway named ${id}.`);
    return gateway;
  };
  return {
    'log.follow': (input, caller) => deps.logs.follow(caller, input),
    'log.search': (input) => deps.watcher.call('log.search', input),
    'log.read': (input) => deps.watcher.call('log.read', input),
    'log.marks': (input) => deps.watcher.call('log.marks', input),
    'log.unfollow': async ({ id }) => {
      await deps.logs.unfollow(id);
      return undefined;
    },
    'log.reveal': async ({ id }) => {
      if (id === undefined) await deps.openFolder(deps.store.state().app.logFolder);
      else deps.revealFile(gatewayOf(id).logFile);
      return undefined;
    },
    'log.save': async ({ id }) => {
      const { logFile } = gatewayOf(id);
      const file = await deps.askWhereToSave(`${id}.log`);
      return file === null ? null : { file, bytes: await copyWholeLog(logFile, file) };
    },
    'log.openLink': async ({ address }) => {
      await deps.openAddress(address);
      return undefined;
    },
  };
}

function updateHandlers({ store, updates, settings }: HandlerDeps): Group<'update'> {
  const intend = (intent: keyof UpdateIntents) => async (): Promise<undefined> => {
    refuseWhileAway(store);
    await updates[intent]();
  };
  return {
    'update.check': intend('check'),
    'update.download': intend('download'),
    'update.pause': intend('pause'),
    'update.cancel': intend('cancel'),
    'update.install': intend('install'),
    'update.goBack': intend('goBack'),
    'update.retry': () => {
      // Whoever tries again wants the version that was undone.
      const { undoneUpdate } = settings.get();
      if (undoneUpdate) settings.change({ undoneUpdate: { ...undoneUpdate, wantedAgain: true } });
      return intend('retry')();
    },
  };
}
