/**
 * Everything in this watcher that is about new versions: its part of an update of Holdfast, the updates of
 * single gateways, and which versions there are. Another watcher may take over: then all of it lets go, and
 * begins anew from what is on the disk when that watcher does not come to serve after all.
 */
import type { GatewayView, Problem } from '../contract/gateway.ts';
import type { WatcherState } from '../contract/watcher-contract.ts';
import { UpdateTimer } from './gateway-update/update-timer.ts';
import { type GatewayUpdateDeps, GatewayUpdates } from './gateway-update/updates.ts';
import { createStandBy, type StandBy } from './update/stand-by.ts';
import { Transactions } from './update/transaction.ts';
import { VersionWatch } from './version-watch.ts';

interface UpdatesDeps extends Omit<GatewayUpdateDeps, 'versions'> {
  /** False while another watcher takes over, or all gateways are being stopped. */
  mayUpdate(): boolean;
}

export class Updates {
  readonly versions: VersionWatch;
  readonly #deps: UpdatesDeps;
  readonly #standBy: StandBy;
  #app: Transactions;
  #gateways: GatewayUpdates;
  #timer: UpdateTimer;

  constructor(deps: UpdatesDeps) {
    this.#deps = deps;
    this.#standBy = createStandBy(deps);
    this.versions = new VersionWatch(deps);
    this.#app = new Transactions({ ...deps, standBy: this.#standBy });
    this.#gateways = new GatewayUpdates({ ...deps, versions: this.versions });
    this.#timer = this.#createTimer();
  }

  #createTimer(): UpdateTimer {
    return new UpdateTimer({
      ...this.#deps,
      offered: (id) => !this.#gateways.waits(id) && this.versions.viewOf(id)?.offered === true,
      together: (id) => this.#gateways.together(id),
      receipt: (id) => this.#gateways.receipts.of(id),
      mayBegin: () => this.#deps.mayUpdate() && this.#app.view() === null && !this.#gateways.busy(),
      begin: (id, by) => this.#gateways.run(id, by),
    });
  }

  /** Something about gateways may have changed. */
  notice(): void {
    this.versions.notice();
    this.#timer.notice();
  }

  /** `views` with what is known about versions, and about updates that begin by themselves. */
  addTo(views: Readonly<Record<string, GatewayView>>): Record<string, GatewayView> {
    return this.#timer.addTo(this.versions.addTo(views));
  }

  /** Of Holdfast. */
  get app(): Transactions {
    return this.#app;
  }

  /** Of single gateways. */
  get gateways(): GatewayUpdates {
    return this.#gateways;
  }

  published(): Pick<WatcherState, 'transaction' | 'receipt' | 'gatewayUpdates'> {
    return {
      transaction: this.#app.view(),
      receipt: this.#app.receipt(),
      gatewayUpdates: this.#gateways.views(),
    };
  }

  /** Why another watcher must not take over now; null when it may. */
  objection(): string | null {
    if (this.#gateways.busy()) return 'A gateway is being updated; that has to be finished first.';
    if (this.#app.busyBeforeSoak()) return 'An update is under way; it has to be finished first.';
    // What only this watcher knows would be lost.
    return this.problem()?.message ?? null;
  }

  /** Why something about an update is not on the disk yet; null when everything is. */
  problem(): Problem | null {
    return this.#app.problem() ?? this.#gateways.problem();
  }

  /** True while this watcher is needed for an update. */
  active(): boolean {
    return this.#gateways.active() || this.#app.view() !== null || this.problem() !== null;
  }

  /** Before any gateway is adopted or started: what an earlier watcher left decides about them. */
  takeOver(): void {
    this.#gateways.takeOver();
  }

  /** After that: finishes what the journals say. `resume` starts gateways that no update will start. */
  recover(resume: (waits: (id: string) => boolean) => void): void {
    void this.#app.recover();
    this.#gateways.recover();
    if (this.#app.view() === null) resume((id) => this.#gateways.waits(id));
  }

  /** Acts no more; everything is on the disk. */
  letGo(): void {
    this.#app.close();
    this.versions.pause();
    this.#timer.close();
    this.#gateways.close();
  }

  /** After `letGo`: begins anew with what is on the disk by now. */
  begin(): void {
    this.versions.resume();
    this.#app = new Transactions({ ...this.#deps, standBy: this.#standBy });
    this.#gateways = new GatewayUpdates({ ...this.#deps, versions: this.versions });
    this.#timer = this.#createTimer();
    this.takeOver();
  }
}
