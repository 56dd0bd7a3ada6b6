/**
 * One vocabulary for window, tray and command line: what a gateway's state is called, and how much
 * attention it, its parts and an update want.
 */
import { words } from '../words/spoken.ts';
import type { GatewayReport, GatewayState, GatewayStatus, GatewayView } from './gateway.ts';
import type { UpdateStatus } from './update.ts';

/** How much attention something wants: `warning` and `bad` want the user's. */
export type Tone = 'good' | 'busy' | 'warning' | 'bad' | 'idle';

const tones: Readonly<Record<Exclude<GatewayStatus, 'external'>, Tone>> = {
  stopped: 'idle',
  starting: 'busy',
  running: 'good',
  degraded: 'warning',
  stopping: 'busy',
  waiting: 'warning',
  released: 'busy',
  failed: 'bad',
};

/** The one to three words a state is called. */
export function stateName(state: GatewayState): string {
  const { states } = words;
  if (state.status === 'stopping' && state.next === 'restart') return states.restarting;
  if (state.status !== 'external') return states[state.status];
  const remote = state.owner.type === 'remote';
  if (state.problem) return remote ? states.unreachable : states.degraded;
  return remote ? states.reachable : states.byOthers;
}

export function toneOf(state: GatewayState): Tone {
  if (state.status !== 'external') return tones[state.status];
  return state.problem ? 'warning' : 'good';
}

/** Words that gateways use for their parts; any other is shown without a judgement. */
const partTones: ReadonlyMap<string, Tone> = new Map([
  ['connected', 'good'],
  ['running', 'good'],
  ['ready', 'good'],
  ['ok', 'good'],
  ['connecting', 'busy'],
  ['reconnecting', 'warning'],
  ['retrying', 'warning'],
  ['degraded', 'warning'],
  ['error', 'bad'],
  ['failed', 'bad'],
  ['failing', 'bad'],
  ['fatal', 'bad'],
]);

type Part = GatewayReport['parts'][number];

export function partTone({ state, attention }: Part): Tone {
  return attention ? 'bad' : (partTones.get(state) ?? 'idle');
}

/** As people write it: `discord` is Discord. */
export function partName({ name }: Part): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/**
 * What the parts of a gateway that runs need of the user: `Discord needs you: token refused`,
 * `Discord and Slack need you`. Null when none of them does.
 */
export function partsNeed({ state, report }: Pick<GatewayView, 'state' | 'report'>): string | null {
  if (!['running', 'degraded', 'external'].includes(state.status)) return null;
  const parts = report?.parts.filter((part) => partTone(part) === 'bad') ?? [];
  const [only] = parts;
  if (only === undefined) return null;
  if (parts.length > 3) return words.parts.many(parts.length);
  if (parts.length > 1) return words.parts.several(parts.map(partName));
  // The first sentence: the whole message stands beside the part.
  const why = only.message?.split(/(?<=[^.])\.(?:\s|$)/u)[0];
  return words.parts.one(partName(only), why || null);
}

/** A gateway that is well itself is only as well as its parts. */
export function gatewayTone(view: Pick<GatewayView, 'state' | 'report'>): Tone {
  const tone = toneOf(view.state);
  return tone === 'good' && partsNeed(view) !== null ? 'warning' : tone;
}

/** Whether it wants the user's attention. */
export function isTroubled(view: Pick<GatewayView, 'state' | 'report'>): boolean {
  const tone = gatewayTone(view);
  return tone === 'warning' || tone === 'bad';
}

/** Why an update wants attention: there is a new version, it is under way, or it needs the user. */
export type UpdateMark = 'news' | 'busy' | 'problem';

interface UpdateFlags {
  readonly mark: UpdateMark | null;
  /** It is being installed: gateways may be away, and can't be started or stopped by hand. */
  readonly installs: boolean;
}

const quiet: UpdateFlags = { mark: null, installs: false };

/** What each state of an update means for the sidebar's mark and for the tray. */
export const updateFlags: Readonly<Record<UpdateStatus, UpdateFlags>> = {
  unavailable: quiet,
  idle: quiet,
  checking: quiet,
  'up-to-date': quiet,
  available: { mark: 'news', installs: false },
  downloading: { mark: 'busy', installs: false },
  paused: { mark: 'news', installs: false },
  ready: { mark: 'news', installs: false },
  preparing: { mark: 'busy', installs: true },
  releasing: { mark: 'busy', installs: true },
  held: { mark: 'problem', installs: true },
  installing: { mark: 'busy', installs: true },
  'handed-over': { mark: 'busy', installs: true },
  failed: { mark: 'problem', installs: false },
};

/** Milliseconds in; `45s`, `2m 5s`, `13m`, `2h 13m`, `3d 4h`: as exact as anyone wants to read. */
export function duration(ms: number): string {
  return words.duration(ms);
}
