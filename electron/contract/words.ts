/**
 * One vocabulary for window, tray and command line: a gateway's state and how surely it is known,
 * whether it outlives the app, what closing the window does, how much attention an update wants, and lengths
 * of time. In plain words.
 */
import type { GatewayReport, GatewayState, GatewayStatus, GatewayView, Proof } from './gateway.ts';
import type { Escape } from './identity.ts';
import type { UpdateStatus } from './update.ts';

/** How much attention something wants: `warning` and `bad` want the user's. */
export type Tone = 'good' | 'busy' | 'warning' | 'bad' | 'idle';

interface StateWords {
  readonly name: string;
  readonly tone: Tone;
}

/** Made when it is needed: that takes ten milliseconds, which a command line would lose at each start. */
let listFormat: Intl.ListFormat | undefined;

function inList(names: readonly string[]): string {
  listFormat ??= new Intl.ListFormat('en-GB');
  return listFormat.format(names);
}

const stateWords: Readonly<Record<Exclude<GatewayStatus, 'external'>, StateWords>> = {
  stopped: { name: 'Stopped', tone: 'idle' },
  starting: { name: 'Starting', tone: 'busy' },
  running: { name: 'Running', tone: 'good' },
  degraded: { name: 'Not healthy', tone: 'warning' },
  stopping: { name: 'Stopping', tone: 'busy' },
  waiting: { name: 'Waiting to restart', tone: 'warning' },
  released: { name: 'Paused for the update', tone: 'busy' },
  failed: { name: 'Can’t start', tone: 'bad' },
};

function wordsOf(state: GatewayState): StateWords {
  if (state.status === 'stopping' && state.next === 'restart') {
    return { ...stateWords.stopping, name: 'Restarting' };
  }
  if (state.status !== 'external') return stateWords[state.status];
  const remote = state.owner.type === 'remote';
  if (state.problem) return { name: remote ? 'Unreachable' : 'Not healthy', tone: 'warning' };
  return { name: remote ? 'Reachable' : 'Run by others', tone: 'good' };
}

/** The one to three words a state is called. */
export function stateName(state: GatewayState): string {
  return wordsOf(state).name;
}

export function toneOf(state: GatewayState): Tone {
  return wordsOf(state).tone;
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
  if (parts.length > 3) return `${parts.length} of its parts need you`;
  if (parts.length > 1) return `${inList(parts.map(partName))} need you`;
  // The first sentence: the whole message stands beside the part.
  const why = only.message?.split(/(?<=[^.])\.(?:\s|$)/u)[0];
  return `${partName(only)} needs you${why ? `: ${why}` : ''}`;
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

/** What a check has shown of a gateway that runs. */
export const proofName: Readonly<Record<Proof, string>> = {
  verified: 'answers as the right one',
  healthy: 'answers',
  alive: 'runs',
};

/** Whether it keeps running when Holdfast closes. */
export const survivalName: Readonly<Record<Escape['proof'], string>> = {
  proven: 'yes',
  assumed: 'most likely',
  impossible: 'not on this system',
};

/** What closing the window does, where the desktop shows a tray and where it shows none. */
export function closingWords(tray: boolean): { readonly title: string; readonly more: string } {
  return tray
    ? {
        title: 'Holdfast stays in the tray',
        more: 'Your gateways run on. To end Holdfast itself, choose Quit in the tray’s menu.',
      }
    : {
        title: 'Holdfast is minimised',
        more: 'This desktop shows no tray. Your gateways run on. To end Holdfast itself, choose Quit in its menu.',
      };
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
  ready: { mark: 'news', installs: false },
  preparing: { mark: 'busy', installs: true },
  releasing: { mark: 'busy', installs: true },
  held: { mark: 'problem', installs: true },
  installing: { mark: 'busy', installs: true },
  'handed-over': { mark: 'busy', installs: true },
  failed: { mark: 'problem', installs: false },
};

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** Milliseconds in; `45s`, `2m 5s`, `13m`, `2h 13m`, `3d 4h`: as exact as anyone wants to read. */
export function duration(ms: number): string {
  const value = Math.max(0, ms);
  const days = Math.floor(value / day);
  const hours = Math.floor((value % day) / hour);
  const minutes = Math.floor((value % hour) / minute);
  const seconds = Math.floor((value % minute) / second);
  // Not by Intl.DurationFormat: its data takes 14 ms to load, which each command of a terminal would lose.
  if (days > 0) return hours > 0 ? `${days}d ${hours}h` : `${days}d`;
  if (hours > 0) return minutes > 0 ? `${hours}h ${minutes}m` : `${hours}h`;
  if (minutes >= 10 || (minutes > 0 && seconds === 0)) return `${minutes}m`;
  return minutes > 0 ? `${minutes}m ${seconds}s` : `${seconds}s`;
}
