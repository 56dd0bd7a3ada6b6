/** What there is to be told of in a state, each by a key that names its cause for good. Pure. */
import type { GatewayView } from '../contract/gateway.ts';
import type { Outcome } from '../contract/receipt.ts';
import { partsNeed, partTone } from '../contract/words.ts';
import type { NoticeFacts } from './facts.ts';

export type CauseKind =
  /** A gateway is down, and nothing brings it back without the user. */
  | 'failed'
  /** It crashes again and again, and is started each time. */
  | 'crashing'
  /** A part of a gateway that runs asks for the user. */
  | 'needs-you'
  /** A new version runs, and goes back by itself unless the user keeps it. */
  | 'to-keep'
  /** An update was undone, or failed. */
  | 'undone'
  /** A newer version waits for the user. */
  | 'offered'
  | 'updated';

export interface Cause {
  readonly key: string;
  readonly kind: CauseKind;
  /** Null: Holdfast itself. */
  readonly gateway: string | null;
  /** Of the gateway, or Holdfast. */
  readonly name: string;
  readonly version: string | null;
  /** A sentence, or empty. */
  readonly detail: string;
}

/** What ended longer ago is no news, also for an app that was not open then. */
const newsMs = 24 * 60 * 60 * 1000;

/** Everything that is to be told of in `state` at `now`, whether it was told or not. */
export function causesOf(state: NoticeFacts, now: number): Cause[] {
  const views = Object.values(state.gateways);
  return [
    ...views.flatMap(gatewayCauses),
    ...views.flatMap((view) => updateCauses(state, view, now)),
    ...ownCauses(state, now),
  ];
}

/** Whether what a key is about is well now: when that lasts, its next trouble is a new cause. */
export function isWell(state: NoticeFacts, key: string): boolean {
  const [kind = '', id = '', ...part] = key.split(' ');
  const view = Object.hasOwn(state.gateways, id) ? state.gateways[id] : undefined;
  if (!view) return false;
  if (kind === 'failed' || kind === 'crashing') {
    return view.state.status === 'running' || view.state.status === 'external';
  }
  const found = view.report?.parts.find(({ name }) => name === part.join(' '));
  return kind === 'needs-you' && found !== undefined && partTone(found) === 'good';
}

/** Whether the user has stopped what a key is about: a later start is a new beginning. */
export function isStoppedByUser(state: NoticeFacts, key: string): boolean {
  const [kind, id = ''] = key.split(' ');
  const view = Object.hasOwn(state.gateways, id) ? state.gateways[id] : undefined;
  return isOfGateway(kind) && view?.desired === 'stopped';
}

function isOfGateway(kind: string | undefined): boolean {
  return kind === 'failed' || kind === 'crashing' || kind === 'needs-you';
}

/** So many starts in a row that did not hold are no accident: by then the pauses alone took some ten seconds. */
const manyCrashes = 6;

function gatewayCauses(view: GatewayView): Cause[] {
  const { id, name, state, report } = view;
  const about = { gateway: id, name, version: null };
  if (state.status === 'failed') {
    return [{ ...about, key: `failed ${id}`, kind: 'failed', detail: state.problem.message }];
  }
  if (state.status === 'waiting' && state.attempt >= manyCrashes) {
    const { message } = state.problem;
    return [{ ...about, key: `crashing ${id}`, kind: 'crashing', detail: message }];
  }
  const need = partsNeed(view);
  if (need === null) return [];
  const parts = report?.parts.filter((part) => partTone(part) === 'bad') ?? [];
  return parts.map((part) => ({
    ...about,
    key: `needs-you ${id} ${part.name}`,
    kind: 'needs-you',
    detail: /[.!?…]$/.test(need) ? need : `${need}.`,
  }));
}

/** A gateway's own updates; one that begins by itself is told of only when it is over. */
function updateCauses(state: NoticeFacts, view: GatewayView, now: number): Cause[] {
  const { id, name, version, updateWhen = 'ask' } = view;
  const newest = version?.offered && updateWhen === 'ask' ? version.newest : null;
  const { receipt = null, update = null } = state.gatewayUpdates[id] ?? {};
  const about = { gateway: id, name };
  return [
    ...(update === null ? [] : toKeep({ ...about, version: update.toVersion }, update)),
    ...(newest === null ? [] : [offered({ ...about, version: newest })]),
    ...(receipt === null ? [] : ended({ ...about, version: receipt.toVersion }, receipt, now)),
  ];
}

/** The updates of Holdfast itself. */
function ownCauses({ transaction, receipt, offered: version }: NoticeFacts, now: number): Cause[] {
  const about = { gateway: null, name: 'Holdfast' };
  return [
    ...(transaction === null
      ? []
      : toKeep({ ...about, version: transaction.toVersion }, transaction)),
    ...(version === null ? [] : [offered({ ...about, version })]),
    ...(receipt === null ? [] : ended({ ...about, version: receipt.toVersion }, receipt, now)),
  ];
}

type About = Pick<Cause, 'gateway' | 'name' | 'version'>;

function offered(about: About): Cause {
  const key = `offered ${about.gateway ?? ''} ${about.version}`;
  return { ...about, key, kind: 'offered', detail: 'Nothing is installed until you ask for it.' };
}

function toKeep(
  about: About,
  { attempt, phase }: { readonly attempt: string; readonly phase: string },
): Cause[] {
  if (phase !== 'confirming') return [];
  const key = `to-keep ${about.gateway ?? ''} ${attempt}`;
  const detail = 'Without an answer the old version comes back by itself.';
  return [{ ...about, key, kind: 'to-keep', detail }];
}

interface Ended {
  readonly attempt: string;
  readonly outcome: Outcome;
  readonly at: number;
  readonly problem: { readonly message: string } | null;
}

/** An update that is still watched (`back`) may yet be undone: it is not over. */
function ended(about: About, { attempt, outcome, at, problem }: Ended, now: number): Cause[] {
  if (outcome === 'back' || now - at > newsMs) return [];
  const key = `update-${outcome} ${about.gateway ?? ''} ${attempt}`;
  if (outcome === 'committed') {
    return [{ ...about, key, kind: 'updated', detail: 'Everything stayed healthy.' }];
  }
  const before = outcome === 'put-back' ? 'The old version runs again.' : '';
  const detail = [before, problem?.message ?? ''].filter((part) => part !== '').join(' ');
  return [{ ...about, key, kind: 'undone', detail }];
}
