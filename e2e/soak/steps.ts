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
export const weights = {
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
export type Kind = keyof typeof weights;

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
  /** Unplanned ends since the backoff schedule was last reset. */
  readonly ends: Map<string, number>;
}

const intentSteps = ['start', 'stop', 'restart'] as const;
/** The fifth end in a row would wait for two seconds and more; by then the schedule has reached its long delays. */
const mostEnds = 4;
const needsRunning: ReadonlySet<Kind> = new Set([
  'kill',
  'sigterm-from-outside',
  'hang',
  'grandchild-killed',
  'stop',
  'watcher-and-gateway-killed',
  'watcher-killed-while-stopping',
  'watcher-killed-while-restarting',
]);
const endsIt: ReadonlySet<Kind> = new Set([
  'kill',
  'sigterm-from-outside',
  'hang',
  'grandchild-killed',
  'watcher-and-gateway-killed',
]);

/** What a kind needs of its gateway; absent: nothing. */
const suits: Partial<Record<Kind, (gateway: SoakGateway) => boolean>> = {
  hang: ({ hangIsSeen }) => hangIsSeen,
  // One that exits with 0 and leaves its child serving counts as gone to the background: ends.test.ts.
  'sigterm-from-outside': ({ hasChild }) => !hasChild,
  'grandchild-killed': ({ hasChild }) => hasChild,
  'watcher-killed-while-stopping': ({ drains }) => drains,
  'watcher-killed-while-restarting': ({ drains }) => drains,
};

export function choose(random: Random, gateways: readonly SoakGateway[], plan: Plan): Step {
  let kind = random.weighted(weights);
  const fits = gateways.filter((one) => suits[kind]?.(one) ?? true);
  // A start is for one that is stopped, if there is one.
  const stopped = fits.filter(({ profile }) => !plan.wanted.has(profile.id));
  const from = kind === 'start' && stopped.length > 0 ? stopped : fits;
  const target = from[random.between(0, from.length - 1)];
  if (!target) throw new Error('There is no gateway for this step.');
  const { id } = target.profile;
  const intents = Array.from({ length: 10 }, () => random.pick(intentSteps));
  const pauseMs = random.between(0, 300);
  if (needsRunning.has(kind) && !plan.wanted.has(id)) kind = 'start';
  else if (endsIt.has(kind) && (plan.ends.get(id) ?? 0) >= mostEnds) kind = 'restart';
  remember({ kind, target, intents, pauseMs }, plan);
  return { kind, target, intents, pauseMs };
}

function remember({ kind, target, intents }: Step, plan: Plan): void {
  const { id } = target.profile;
  if (endsIt.has(kind)) plan.ends.set(id, (plan.ends.get(id) ?? 0) + 1);
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

const untouched: Outcome = { gateways: new Map(), watcher: 'same' };
const newWatcher: Outcome = { gateways: new Map(), watcher: 'new' };

/** What a step works with. */
interface Scene {
  readonly step: Step;
  readonly world: World;
  readonly before: WatcherState;
  /** The step's gateway. */
  readonly id: string;
  readonly app: World['app'];
  /** The process of the step's gateway, and of the watcher. Throws when the gateway does not run. */
  pid(): number;
  readonly watcher: number;
  /** The outcome when only the step's gateway is concerned. */
  about(expected: Expected, watcher?: Outcome['watcher']): Outcome;
  /** `running` when the gateway ran before, else `stopped`. */
  either<T>(running: T, stopped: T): T;
}

/** Does it. Resolves with what must be true afterwards; rejects when an intent is refused. */
export async function act(step: Step, world: World, before: WatcherState): Promise<Outcome> {
  const { id } = step.target.profile;
  return actions[step.kind]({
    step,
    world,
    before,
    id,
    app: world.app,
    pid: () => pidOf(before, id),
    watcher: before.watcher.identity.pid,
    about: (expected, watcher = 'same') => ({ gateways: new Map([[id, expected]]), watcher }),
    either: (running, stopped) => (identityOf(before.gateways[id]) ? running : stopped),
  });
}

const signalled =
  (signal: NodeJS.Signals) =>
  async ({ pid, about }: Scene): Promise<Outcome> => {
    process.kill(pid(), signal);
    return about('new');
  };

const actions: Readonly<Record<Kind, (scene: Scene) => Promise<Outcome>>> = {
  kill: signalled('SIGKILL'),
  'sigterm-from-outside': signalled('SIGTERM'),
  hang: signalled('SIGSTOP'),
  async 'grandchild-killed'({ step, id, pid, about }) {
    const holder = whoHoldsPort(step.target.profile.port)?.pid;
    if (!holder || holder === pid()) throw new Error(`No child of ${id} holds its port.`);
    process.kill(holder, 'SIGKILL');
    return about('new');
  },
  'kill-all': async ({ world, before }) => ({
    gateways: killAll(world, before),
    watcher: 'same',
  }),
  async stop({ app, id, about }) {
    await app.order('stop', id);
    return about('stopped');
  },
  async start({ app, id, about, either }) {
    await app.order('start', id);
    return about(either('same', 'running'));
  },
  async restart({ app, id, about, either }) {
    await app.order('restart', id);
    return about(either('new', 'running'));
  },
  async 'ten-starts'({ step, app, id, about, either }) {
    await Promise.all(step.intents.map(() => app.order('start', id)));
    return about(either('same', 'running'));
  },
  async 'ten-intents'({ step, app, id, about }) {
    await Promise.all(step.intents.map((intent) => app.order(intent, id)));
    return about(step.intents.at(-1) === 'stop' ? 'stopped' : 'running');
  },
  async 'app-killed'({ world }) {
    await world.replaceApp();
    return untouched;
  },
  async 'watcher-killed'({ watcher }) {
    process.kill(watcher, 'SIGKILL');
    return newWatcher;
  },
  async 'watcher-terminated'({ watcher }) {
    process.kill(watcher, 'SIGTERM');
    return newWatcher;
  },
  async 'app-and-watcher-killed'({ app, watcher, world }) {
    const appEnds = app.kill();
    process.kill(watcher, 'SIGKILL');
    await appEnds;
    world.startApp();
    return newWatcher;
  },
  async 'app-killed-while-launching'({ step, watcher, world }) {
    process.kill(watcher, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, step.pauseMs));
    await world.replaceApp();
    return newWatcher;
  },
  async 'watcher-and-gateway-killed'({ watcher, pid, about }) {
    process.kill(watcher, 'SIGKILL');
    process.kill(pid(), 'SIGKILL');
    return about('new', 'new');
  },
  'watcher-killed-while-stopping': (scene) => killWatcherDuring('stop', scene),
  'watcher-killed-while-restarting': (scene) => killWatcherDuring('restart', scene),
  async 'watcher-killed-while-starting'({ world, before, app, id, watcher, about, either }) {
    const old = identityOf(before.gateways[id]);
    // The answer dies with the watcher.
    app.order(either('restart', 'start'), id).catch(() => {});
    const begun = await world.until(`${id} to be started`, ({ gateways }) => {
      const view = gateways[id];
      const identity = identityOf(view);
      const isNew = view?.state.status !== 'stopping' && identity?.nonce !== old?.nonce;
      return isNew ? (identity ?? undefined) : undefined;
    });
    process.kill(watcher, 'SIGKILL');
    return about(begun, 'new');
  },
  async 'all-killed'({ app, watcher, world, before }) {
    const appEnds = app.kill();
    process.kill(watcher, 'SIGKILL');
    const gateways = killAll(world, before);
    await appEnds;
    world.startApp();
    return { gateways, watcher: 'new' };
  },
};

async function killWatcherDuring(
  intent: 'stop' | 'restart',
  { world, app, id, watcher, about }: Scene,
): Promise<Outcome> {
  // The answer dies with the watcher.
  app.order(intent, id).catch(() => {});
  await world.until(`${id} to be asked to stop`, ({ gateways }) =>
    gateways[id]?.state.status === 'stopping' ? true : undefined,
  );
  process.kill(watcher, 'SIGKILL');
  return about(intent === 'stop' ? 'stopped' : 'new', 'new');
}

/** Kills every gateway; the watcher must end what they leave behind. */
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
