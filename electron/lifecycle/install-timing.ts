/**
 * When a newer version of Holdfast is downloaded and installed without being asked for, as the user chose.
 * `ask`, the default, does neither.
 *
 *   available ──► download ──► ready ──idle───► nobody has been at the machine for a while ──► install
 *                                    ──night──► and it is night                            ──► install
 *                                    ──quit───► the user quits, and keeps the gateways     ──► install
 *
 * Not while a gateway that would be stopped is at work, nor on a battery that is nearly empty; no download over a
 * metered network; and no version that was put off. What failed is left to the user.
 */
import type { AppState, UpdateHindrance } from '../contract/app-contract.ts';
import { putOff } from '../contract/put-off.ts';
import type { Settings } from '../contract/settings.ts';
import type { AppStore } from '../ipc/app-store.ts';
import type { Clock } from '../process/index.ts';
import type { UpdateService } from '../update/types.ts';

/** As long as most screens take to lock, milliseconds. */
const awayMs = 10 * 60_000;
/** The hours of the local clock that count as night: from the first until before the last. */
const night = { from: 2, to: 5 } as const;
/** Between looks at a machine that was in use. */
const lookEveryMs = 60_000;

export interface InstallFacts {
  readonly choice: Settings['installUpdates'];
  readonly status: AppState['update']['status'];
  /** The offered version is not to be offered now. */
  readonly isPutOff: boolean;
  /** A gateway that would be stopped says that it works on something. */
  readonly isBusy: boolean;
  /** Since when nobody has used the machine, milliseconds. */
  readonly unusedMs: number;
  /** Of the local clock, 0 to 23. */
  readonly hour: number;
}

/** What to do now; `wait`: it may become time without any other change. */
export function decideInstall(facts: InstallFacts): 'download' | 'install' | 'wait' | null {
  const { choice, status, isPutOff, isBusy, unusedMs, hour } = facts;
  if (choice === 'ask' || isPutOff) return null;
  if (status === 'available') return 'download';
  if (status !== 'ready' || choice === 'quit') return null;
  const isTime = choice === 'idle' || (hour >= night.from && hour < night.to);
  return isTime && !isBusy && unusedMs >= awayMs ? 'install' : 'wait';
}

/** As UPower calls a battery low (PercentageLow in UPower.conf), per cent. */
const lowBattery = 20;

export interface Conditions {
  /** Per cent; null on mains, or where nobody knows. */
  readonly battery: number | null;
  /** Null where nobody knows. */
  readonly metered: boolean | null;
}

/** Why what was decided has to wait; null when it has not. What is not known hinders nothing. */
export function hindranceTo(
  decision: 'download' | 'install',
  { battery, metered }: Conditions,
): UpdateHindrance | null {
  if (battery !== null && battery < lowBattery) return 'battery';
  return decision === 'download' && metered ? 'metered' : null;
}

/** For the log. */
const waitsUntil: Readonly<Record<UpdateHindrance, string>> = {
  battery: `the battery has ${lowBattery} %, or the machine runs on mains`,
  metered: 'the network is not metered',
};

/** Whether a version is ready that is to be installed when the user quits. */
export function installsOnQuit({ settings, update }: AppState): boolean {
  const isReady = update.status === 'ready' && putOff(settings, update.version) === null;
  return isReady && settings.installUpdates === 'quit';
}

/** A gateway that says that it works on something, and would be stopped. */
function isAtWork({ gateways }: AppState): boolean {
  return Object.values(gateways).some(
    ({ policy, report }) => policy !== 'keep' && (report?.busy ?? 0) > 0,
  );
}

/** Begins; returns what ends it. */
export function installInTime(deps: {
  readonly store: Pick<AppStore, 'state' | 'subscribe' | 'put'>;
  readonly updates: Pick<UpdateService, 'download' | 'install'>;
  readonly clock: Pick<Clock, 'after'>;
  /** Since when nobody has used the machine, milliseconds. */
  unusedMs(): number;
  /** Of the local clock. */
  hour(): number;
  /** Asked before anything is begun. Never rejects. */
  conditions(): Promise<Conditions>;
  log(message: string): void;
}): () => void {
  const { store, updates, clock } = deps;
  let cancel: () => void = () => undefined;
  let seen: Pick<AppState, 'settings' | 'update'> | undefined;
  let looks = 0;
  /** Shown while it holds up what would begin now. */
  const show = (hindrance: UpdateHindrance | null): void => {
    if (store.state().updateHeldUp !== hindrance) store.put({ updateHeldUp: hindrance });
  };
  const begin = async (decision: 'download' | 'install'): Promise<void> => {
    const asked = looks;
    const hindrance = hindranceTo(decision, await deps.conditions());
    // What has changed meanwhile has been looked at.
    if (asked !== looks) return;
    if (hindrance !== null && hindrance !== store.state().updateHeldUp) {
      deps.log(`The ${decision} of the new version waits until ${waitsUntil[hindrance]}.`);
    }
    show(hindrance);
    if (hindrance === null) await updates[decision]();
    else cancel = clock.after(lookEveryMs, look);
  };
  function look(): void {
    looks += 1;
    cancel();
    const state = store.state();
    const { settings, update } = state;
    seen = { settings, update };
    const decision = decideInstall({
      choice: settings.installUpdates,
      status: update.status,
      isPutOff: 'version' in update && putOff(settings, update.version) !== null,
      isBusy: isAtWork(state),
      // The desktop is asked only when it matters: progress of a download comes four times a second.
      unusedMs: update.status === 'ready' ? deps.unusedMs() : 0,
      hour: deps.hour(),
    });
    if (decision === 'wait' || decision === null) show(null);
    if (decision === 'wait') cancel = clock.after(lookEveryMs, look);
    // Not at once: the work that has led to this state is about to end, and takes no other meanwhile.
    else if (decision !== null) cancel = clock.after(0, () => void begin(decision));
  }
  const stop = store.subscribe(() => {
    const { settings, update } = store.state();
    if (seen?.settings !== settings || seen.update !== update) look();
  });
  look();
  return () => {
    looks += 1;
    stop();
    cancel();
  };
}
