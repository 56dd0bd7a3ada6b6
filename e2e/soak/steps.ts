/**
 * What can happen to a running Holdfast, one step each, and what must be true afterwards. Which step
 * comes next depends on the seed and on earlier steps alone, never on time.
 */
import type { Identity } from '../../electron/contract/identity.ts';
import type { WatcherState } from '../../electron/contract/watcher-contract.ts';
import { whoHoldsPort } from '../../electron/process/index.ts';
import type { Intent } from './app-process.ts';
import type { SoakGateway } from './gateways.ts';
import type { Random } from './random.ts';
import { identityOf, type World } from './world.ts';

/** How often each kind is chosen. A hang costs 9 s, so it is the rarest. */
export const WEIGHTS = {
  kill: 20,
  'sigterm-from-outside': 8,
  hang: 2,
  'grandchild-killed': 3,
  'kill-all': 2,
  stop: 9,
  start: 9,
  restart: 9,
  'ten-starts': 5,
  'ten-intents': 5,
  'app-killed': 7,
  'watcher-killed': 7,
  'watcher-terminated': 3,
  'app-and-watcher-killed': 4,
  'app-killed-while-launching': 3,
  'watcher-and-gateway-killed': 5,
  'watcher-killed-while-stopping': 3,
  'watcher-killed-while-restarting': 3,
  'watcher-killed-while-starting': 3,
  'all-killed': 2,
} as const;
export type Kind = keyof typeof WEIGHTS;

/** A gateway afterwards: as before, another process, any process, none, or this very one. */
export type Expected = 'same' | 'new' | 'running' | 'stopped' | Identity;

export interface Outcome {
  /** Without an entry: the same. */
  readonly gateways: ReadonlyMap<string, Expected>;
  readonly watcher: 'same' | 'new';
}

export interface Step {
  readonly kind: Kind;
  /** The gateway it is about, if about one. */
  readonly target: SoakGateway;
  readonly intents: readonly Intent[];
  readonly pauseMs: number;
}

/** What the steps so far must have led to. */
export interface Plan {
  readonly wanted: Set<string>;
  /** Unplanned ends since the ladder last began anew. */
  readonly ends: Map<string, number>;
}

const INTENTS = ['start', 'stop', 'restart'] as const;
/** The fifth end in a row would wait for two seconds and more; by then the ladder was climbed. */
const MOST_ENDS = 4;
const NEEDS_RUNNING: ReadonlySet<Kind> = new Set([
  'kill',
  'sigterm-from-outside',
  'hang',
  'grandchild-killed',
  'stop',
  'watcher-and-gateway-killed',
  'watcher-killed-while-stopping',
  'watcher-killed-while-restarting',
]);
const ENDS_IT: ReadonlySet<Kind> = new Set([
  'kill',
  'sigterm-from-outside',
  'hang',
  'grandchild-killed',
  'watcher-and-gateway-killed',
]);

/** What a kind needs of its gateway; absent: nothing. */
const SUITS: Partial<Record<Kind, (gateway: SoakGateway) => boolean>> = {
  hang: ({ hangIsSeen }) => hangIsSeen,
  'grandchild-killed': ({ hasChild }) => hasChild,
  'watcher-killed-while-stopping': ({ drains }) => drains,
  'watcher-killed-while-restarting': ({ drains }) => drains,
};

export function choose(random: Random, gateways: readonly SoakGateway[], plan: Plan): Step {
  let kind = random.weighted(WEIGHTS);
  const fits = gateways.filter((one) => SUITS[kind]?.(one) ?? true);
  // A start is for one that is stopped, if there is one.
  const stopped = fits.filter(({ profile }) => !plan.wanted.has(profile.id));
  const from = kind === 'start' && stopped.length > 0 ? stopped : fits;
  const target = from[random.between(0, from.length - 1)];
  if (!target) throw new Error('There is no gateway for this step.');
  const { id } = target.profile;
  const intents = Array.from({ length: 10 }, () => random.pick(INTENTS));
  const pauseMs = random.between(0, 300);
  if (NEEDS_RUNNING.has(kind) && !plan.wanted.has(id)) kind = 'start';
  else if (ENDS_IT.has(kind) && (plan.ends.get(id) ?? 0) >= MOST_ENDS) kind = 'restart';
  remember({ kind, target, intents, pauseMs }, plan);
  return { kind, target, intents, pauseMs };
}

function remember({ kind, target, intents }: Step, plan: Plan): void {
  const { id } = target.profile;
  if (ENDS_IT.has(kind)) plan.ends.set(id, (plan.ends.get(id) ?? 0) + 1);
  if (kind === 'kill-all') {
    for (const one of plan.wanted) plan.ends.set(one, (plan.ends.get(one) ?? 0) + 1);
  }
  const stops =
    kind === 'stop' ||
    kind === 'watcher-killed-while-stopping' ||
    (kind === 'ten-intents' && intents.at(-1) === 'stop');
  const starts =
    ['start', 'restart', 'ten-starts', 'watcher-killed-while-starting'].includes(kind) ||
    (kind === 'ten-intents' && !stops);
  if (stops) plan.wanted.delete(id);
  if (starts) plan.wanted.add(id);
  if (kind === 'restart' || stops) plan.ends.delete(id);
}

const UNTOUCHED: Outcome = { gateways: new Map(), watcher: 'same' };

/** Does it. Resolves with what must be true afterwards; rejects when an intent is refused. */
export async function act(step: Step, world: World, before: WatcherState): Promise<Outcome> {
  const { kind, target, intents } = step;
  const { id } = target.profile;
  const { app } = world;
  const about = (expected: Expected, watcher: Outcome['watcher'] = 'same'): Outcome => ({
    gateways: new Map([[id, expected]]),
    watcher,
  });
  const pid = (): number => pidOf(before, id);
  const watcher = before.watcher.identity.pid;
  switch (kind) {
    case 'kill':
      process.kill(pid(), 'SIGKILL');
      return about('new');
    case 'sigterm-from-outside':
      process.kill(pid(), 'SIGTERM');
      return about('new');
    case 'hang':
      process.kill(pid(), 'SIGSTOP');
      return about('new');
    case 'grandchild-killed': {
      const holder = whoHoldsPort(target.profile.port)?.pid;
      if (!holder || holder === pid()) throw new Error(`No child of ${id} holds its port.`);
      process.kill(holder, 'SIGKILL');
      return about('new');
    }
    case 'kill-all':
      return { gateways: killAll(world, before), watcher: 'same' };
    case 'stop':
      await app.order('stop', id);
      return about('stopped');
    case 'start':
      await app.order('start', id);
      return about(identityOf(before.gateways[id]) ? 'same' : 'running');
    case 'restart':
      await app.order('restart', id);
      return about(identityOf(before.gateways[id]) ? 'new' : 'running');
    case 'ten-starts':
      await Promise.all(intents.map(() => app.order('start', id)));
      return about(identityOf(before.gateways[id]) ? 'same' : 'running');
    case 'ten-intents':
      await Promise.all(intents.map((intent) => app.order(intent, id)));
      return about(intents.at(-1) === 'stop' ? 'stopped' : 'running');
    case 'app-killed':
      await world.replaceApp();
      return UNTOUCHED;
    case 'watcher-killed':
      process.kill(watcher, 'SIGKILL');
      return { ...UNTOUCHED, watcher: 'new' };
    case 'watcher-terminated':
      process.kill(watcher, 'SIGTERM');
      return { ...UNTOUCHED, watcher: 'new' };
    case 'app-and-watcher-killed': {
      const gone = app.kill();
      process.kill(watcher, 'SIGKILL');
      await gone;
      world.startApp();
      return { ...UNTOUCHED, watcher: 'new' };
    }
    case 'app-killed-while-launching':
      process.kill(watcher, 'SIGKILL');
      await new Promise((resolve) => setTimeout(resolve, step.pauseMs));
      await world.replaceApp();
      return { ...UNTOUCHED, watcher: 'new' };
    case 'watcher-and-gateway-killed':
      process.kill(watcher, 'SIGKILL');
      process.kill(pid(), 'SIGKILL');
      return about('new', 'new');
    case 'watcher-killed-while-stopping':
    case 'watcher-killed-while-restarting': {
      const stops = kind === 'watcher-killed-while-stopping';
      // Its answer dies with the watcher.
      app.order(stops ? 'stop' : 'restart', id).catch(() => {});
      await world.until(`${id} to be asked to stop`, ({ gateways }) =>
        gateways[id]?.state.status === 'stopping' ? true : undefined,
      );
      process.kill(watcher, 'SIGKILL');
      return about(stops ? 'stopped' : 'new', 'new');
    }
    case 'watcher-killed-while-starting': {
      const old = identityOf(before.gateways[id]);
      app.order(old ? 'restart' : 'start', id).catch(() => {});
      const begun = await world.until(`${id} to be started`, ({ gateways }) => {
        const view = gateways[id];
        const identity = identityOf(view);
        const isNew = view?.state.status !== 'stopping' && identity?.nonce !== old?.nonce;
        return isNew ? (identity ?? undefined) : undefined;
      });
      process.kill(watcher, 'SIGKILL');
      return about(begun, 'new');
    }
    case 'all-killed': {
      const gone = app.kill();
      process.kill(watcher, 'SIGKILL');
      const gateways = killAll(world, before);
      await gone;
      world.startApp();
      return { gateways, watcher: 'new' };
    }
  }
}

/** Every gateway; what it leaves behind is the watcher's to end. */
function killAll({ gateways }: World, before: WatcherState): Map<string, Expected> {
  const expected = new Map<string, Expected>();
  for (const { profile } of gateways) {
    const identity = identityOf(before.gateways[profile.id]);
    if (!identity) continue;
    process.kill(identity.pid, 'SIGKILL');
    expected.set(profile.id, 'new');
  }
  return expected;
}

function pidOf({ gateways }: WatcherState, id: string): number {
  const identity = identityOf(gateways[id]);
  if (!identity) throw new Error(`${id} does not run.`);
  return identity.pid;
}
