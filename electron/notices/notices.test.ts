import { describe, expect, test } from 'vitest';
import type { AppState } from '../contract/app-contract.ts';
import type { GatewayState, GatewayView } from '../contract/gateway.ts';
import type { Outcome } from '../contract/receipt.ts';
import type { UpdatePhase } from '../contract/update-phases.ts';
import { gateway, running, stateWith, transactionIn, watcherWith } from '../testing/app-states.ts';
import { factsOfApp } from './facts.ts';
import type { Notice } from './notice-words.ts';
import {
  calmMs,
  gatherMs,
  initialNotices,
  type NoticeState,
  rememberedOf,
  type SeenView,
  stepNotices,
  type Told,
} from './notices.ts';

const failed = (message = 'Port 1 is held by node.'): GatewayState => ({
  status: 'failed',
  problem: { message },
});
const waiting = (attempt: number): GatewayState => ({
  status: 'waiting',
  until: 0,
  attempt,
  problem: { message: 'It crashed.' },
});

/** A run of the reducer in its own time, and all that it said. */
class Run {
  #state: NoticeState;
  readonly said: Notice[] = [];
  now: number;
  seen: SeenView | null = null;

  constructor(told: Told = {}, now = 1_000_000) {
    this.#state = initialNotices(told);
    this.now = now;
  }

  /** The app's state is `app` from here on, for as long as it takes to say something of it. */
  sees(app: AppState, forMs = gatherMs): Notice[] {
    const before = this.said.length;
    this.#step(app);
    const end = this.now + forMs;
    while (this.#state.dueAt !== null && this.#state.dueAt <= end) {
      this.now = Math.max(this.now, this.#state.dueAt);
      this.#step(app);
    }
    this.now = end;
    return this.said.slice(before);
  }

  remembered(): Told {
    return rememberedOf(this.#state);
  }

  #step(app: AppState): void {
    const { next, say } = stepNotices(this.#state, factsOfApp(app), this.seen, this.now);
    this.#state = next;
    this.said.push(...say);
  }
}

const aLongTime = calmMs + 60_000;
const titles = (notices: readonly Notice[]) => notices.map(({ title }) => title);

function withPart(state: string, name = 'discord'): GatewayView {
  return {
    ...gateway('a', running),
    report: { parts: [{ name, state, message: 'The token was refused.' }] },
  };
}

function receiptOf(outcome: Outcome, at: number, attempt = '1700000000000-abcdef01') {
  return {
    schema: 1 as const,
    ...{ attempt, outcome, at, startedAt: at, gateways: [], steps: [] },
    ...{ fromVersion: '1.0.0', toVersion: '1.1.0', fromBuild: 'a', toBuild: 'b' },
    ...{ committedAt: null, escape: null },
    problem: outcome === 'committed' ? null : { message: 'It did not answer.' },
  };
}

function withReceipt(outcome: Outcome, at: number): AppState {
  return { ...stateWith([gateway('a', running)]), receipt: receiptOf(outcome, at) };
}

function withOffer(version: string, more: Partial<GatewayView> = {}): AppState {
  const offer = { installed: '1.0.0', newest: version, checkedAt: 1, problem: null, offered: true };
  return stateWith([{ ...gateway('a', running), version: offer, ...more }]);
}

describe('a gateway that can’t start', () => {
  test('is told once, with its problem, and a click leads to it', () => {
    const run = new Run();
    const state = stateWith([gateway('a', failed())]);
    expect(run.sees(state)).toEqual([
      {
        title: 'Gateway a can’t start',
        body: 'Port 1 is held by node.',
        isProblem: true,
        place: { panel: 'status', gateway: 'a' },
      },
    ]);
    expect(run.sees(state, aLongTime)).toEqual([]);
  });

  test('is not told while it only crashes and comes back', () => {
    const run = new Run();
    for (let attempt = 1; attempt < 6; attempt++) {
      run.sees(stateWith([gateway('a', waiting(attempt))]), 20_000);
      run.sees(stateWith([gateway('a', running)]), 100);
    }
    expect(run.said).toEqual([]);
  });

  test('is told once when it crashes again and again, however long', () => {
    const run = new Run();
    for (let attempt = 1; attempt < 60; attempt++) {
      run.sees(stateWith([gateway('a', waiting(attempt))]), 20_000);
      run.sees(stateWith([gateway('a', running)]), 100);
    }
    expect(titles(run.said)).toEqual(['Gateway a keeps crashing']);
    run.sees(stateWith([gateway('a', running)]), aLongTime);
    run.sees(stateWith([gateway('a', waiting(6))]), 20_000);
    expect(run.said).toHaveLength(2);
  });

  test('is told once when it is tried again and again, whatever its problem says', () => {
    const run = new Run();
    for (let attempt = 1; attempt < 30; attempt++) {
      run.sees(stateWith([gateway('a', failed(`Held by process ${attempt}.`))]), 20_000);
      run.sees(stateWith([gateway('a', running)]), 20_000);
    }
    expect(run.said).toHaveLength(1);
  });

  test('is told again when it was well for long, or was stopped by its user in between', () => {
    const run = new Run();
    run.sees(stateWith([gateway('a', failed())]), aLongTime);
    run.sees(stateWith([gateway('a', running)]), aLongTime);
    expect(run.sees(stateWith([gateway('a', failed())]))).toHaveLength(1);
    run.sees(
      stateWith([{ ...gateway('a', { status: 'stopped' }), desired: 'stopped' }]),
      aLongTime,
    );
    expect(run.sees(stateWith([gateway('a', failed())]))).toHaveLength(1);
  });

  test('is not told when it is well again a moment later, and is when it fails for good', () => {
    const run = new Run();
    expect(run.sees(stateWith([gateway('a', failed())]), gatherMs / 2)).toEqual([]);
    expect(run.sees(stateWith([gateway('a', running)]), aLongTime)).toEqual([]);
    expect(run.sees(stateWith([gateway('a', failed())]))).toHaveLength(1);
  });

  test('is not told again after another watcher has taken over', () => {
    const run = new Run();
    run.sees(stateWith([gateway('a', failed())]), aLongTime);
    const lost = { link: { status: 'lost', problem: { message: 'Lost.' } } } as const;
    run.sees(stateWith([], lost), aLongTime);
    run.sees(stateWith([]), 1_000);
    run.sees(stateWith([gateway('a', { status: 'stopped' })]), 1_000);
    run.sees(stateWith([gateway('a', running)]), 1_000);
    expect(run.sees(stateWith([gateway('a', failed())]), aLongTime)).toEqual([]);
  });

  test('is not told again by the next app, which tells what came up meanwhile', () => {
    const run = new Run();
    run.sees(stateWith([gateway('a', failed())]));
    const next = new Run(run.remembered(), run.now + aLongTime);
    const state = stateWith([gateway('a', failed()), gateway('b', failed())]);
    expect(titles(next.sees(state))).toEqual(['Gateway b can’t start']);
  });

  test('is told by the next app when this one ended before it said so', () => {
    const run = new Run();
    run.sees(stateWith([gateway('a', failed())]), gatherMs / 2);
    const next = new Run(run.remembered(), run.now);
    expect(next.sees(stateWith([gateway('a', failed())]))).toHaveLength(1);
  });

  test('is not told from a state that is out of date', () => {
    const run = new Run();
    const lost = { link: { status: 'lost', problem: { message: 'Lost.' } } } as const;
    expect(run.sees(stateWith([gateway('a', failed())], lost), aLongTime)).toEqual([]);
  });
});

describe('a flood', () => {
  const many = (count: number, state: GatewayState) =>
    Array.from({ length: count }, (_, index) => gateway(`g${index}`, state));

  test('of fifty that fail at once is one sentence, which leads home', () => {
    const run = new Run();
    const half = [...many(25, failed()), ...many(50, running).slice(25)];
    run.sees(stateWith(half), gatherMs / 2);
    expect(run.sees(stateWith(many(50, failed())), aLongTime)).toEqual([
      {
        title: '50 gateways can’t start',
        body: 'Gateway g0, Gateway g1, Gateway g2 and 47 more.',
        isProblem: true,
        place: { panel: 'home' },
      },
    ]);
  });

  test('of fifty that fail one after the other is a handful of sentences', () => {
    const run = new Run();
    for (let down = 1; down <= 50; down++) {
      run.sees(stateWith([...many(down, failed()), ...many(50, running).slice(down)]), 5_000);
    }
    run.sees(stateWith(many(50, failed())), aLongTime);
    expect(run.said.length).toBeLessThan(8);
    const told = run.said.map(({ title }) => Number(/^\d+/.exec(title)?.[0] ?? 1));
    expect(told.reduce((sum, one) => sum + one)).toBe(50);
  });

  test('of states keeps what was told within bounds', () => {
    const run = new Run();
    for (let version = 1; version <= 1_000; version++) run.sees(withOffer(`1.0.${version}`), 1);
    expect(Object.keys(run.remembered()).length).toBeLessThanOrEqual(500);
  });
});

describe('a part that needs the user', () => {
  test('is told once, also when it comes and goes', () => {
    const run = new Run();
    expect(run.sees(stateWith([withPart('error')]))).toEqual([
      {
        title: 'Gateway a needs you',
        body: 'Discord needs you: The token was refused.',
        isProblem: true,
        place: { panel: 'status', gateway: 'a' },
      },
    ]);
    for (let times = 1; times < 20; times++) {
      run.sees(stateWith([withPart('reconnecting')]), 60_000);
      run.sees(stateWith([withPart('connected')]), 60_000);
      run.sees(stateWith([withPart('error')]), 60_000);
    }
    expect(run.said).toHaveLength(1);
    run.sees(stateWith([withPart('connected')]), aLongTime);
    expect(run.sees(stateWith([withPart('error')]))).toHaveLength(1);
  });

  test('with a name of several words is told again only after it was well', () => {
    const run = new Run();
    run.sees(stateWith([withPart('error', 'home assistant')]));
    run.sees(stateWith([withPart('connected', 'home assistant')]), aLongTime);
    expect(run.sees(stateWith([withPart('error', 'home assistant')]))).toHaveLength(1);
  });
});

describe('updates', () => {
  test('that are ready are told once for each version', () => {
    const run = new Run();
    expect(run.sees(withOffer('1.1.0'))).toMatchObject([
      { title: 'Gateway a 1.1.0 is available', isProblem: false },
    ]);
    run.sees(withOffer('1.1.0', { state: waiting(1) }), aLongTime);
    expect(run.sees(withOffer('1.1.0'), aLongTime)).toEqual([]);
    expect(titles(run.sees(withOffer('1.2.0')))).toEqual(['Gateway a 1.2.0 is available']);
  });

  test('of Holdfast that are skipped or put off are told when they are offered again', () => {
    const run = new Run();
    const update = { status: 'available', version: '1.1.0', notes: '', size: null } as const;
    const state = stateWith([gateway('a', running)], { update });
    const { settings } = state;
    const skipping = { ...state, settings: { ...settings, skippedVersion: '1.1.0' } };
    const later = { ...settings, laterVersion: { version: '1.1.0', until: 0 } };
    expect(run.sees(skipping, aLongTime)).toEqual([]);
    expect(run.sees({ ...state, settings: later }, aLongTime)).toEqual([]);
    expect(run.sees(state)).toHaveLength(1);
    expect(run.sees(skipping, aLongTime)).toEqual([]);
  });

  test('that a gateway installs by itself are told only when they are over', () => {
    const run = new Run();
    expect(run.sees(withOffer('1.1.0', { updateWhen: 'night' }), aLongTime)).toEqual([]);
  });

  test('of Holdfast are told when they are ready, done or undone, not while they are watched', () => {
    const run = new Run();
    const offer = { status: 'available', version: '1.1.0', notes: '', size: null } as const;
    const offered = stateWith([gateway('a', running)], { update: offer });
    expect(run.sees(offered)).toMatchObject([
      { title: 'Holdfast 1.1.0 is available', place: { panel: 'update' } },
    ]);
    const downloaded = { ...offer, status: 'ready' } as const;
    expect(run.sees({ ...offered, update: downloaded }, aLongTime)).toEqual([]);
    expect(run.sees(withReceipt('back', run.now), aLongTime)).toEqual([]);
    expect(titles(run.sees(withReceipt('committed', run.now)))).toEqual([
      'Holdfast was updated to 1.1.0',
    ]);
    run.now += aLongTime;
    expect(run.sees(withReceipt('put-back', run.now))).toMatchObject([
      {
        title: 'The update of Holdfast was undone',
        body: 'The old version runs again. It did not answer.',
        isProblem: true,
      },
    ]);
  });

  test('of a gateway that failed are told once, however long the gateway then runs well', () => {
    const run = new Run();
    const { attempt, at, outcome, steps, gateways, problem } = receiptOf('failed', run.now);
    const receipt = {
      ...{ schema: 1 as const, attempt, at, outcome, steps, gateways, problem, startedAt: at },
      ...{ gateway: 'a', name: 'Gateway a', fromVersion: '1.0.0', toVersion: null },
    };
    const state = {
      ...stateWith([gateway('a', running)]),
      gatewayUpdates: { a: { update: null, receipt } },
    };
    expect(titles(run.sees(state, aLongTime))).toEqual(['The update of Gateway a failed']);
    expect(run.sees(state, aLongTime)).toEqual([]);
    expect(run.sees(state, aLongTime)).toEqual([]);
  });

  test('that were over long before the app was started are no news', () => {
    const run = new Run();
    expect(run.sees(withReceipt('put-back', run.now - 48 * 3_600_000), aLongTime)).toEqual([]);
  });
});

describe('what the user has in sight, or does not want', () => {
  test('is not told, neither then nor later', () => {
    const run = new Run();
    run.seen = { view: 'logs', gateway: 'a' };
    const state = stateWith([gateway('a', failed()), gateway('b', failed())]);
    expect(titles(run.sees(state))).toEqual(['Gateway b can’t start']);
    run.seen = null;
    expect(run.sees(state, aLongTime)).toEqual([]);
  });

  test('home shows how every gateway is, and not that there are new versions', () => {
    const run = new Run();
    run.seen = { view: 'home', gateway: null };
    expect(run.sees(stateWith([gateway('b', failed()), withPart('error')]))).toEqual([]);
    expect(run.sees(withOffer('1.1.0'))).toHaveLength(1);
  });

  test('the settings leave out news, or everything, and what was left out stays so', () => {
    const run = new Run();
    const wanting = (notifications: AppState['settings']['notifications']) => {
      const offer = withOffer('1.1.0');
      return {
        ...offer,
        gateways: { ...offer.gateways, b: gateway('b', failed()) },
        settings: { ...offer.settings, notifications },
      };
    };
    expect(titles(run.sees(wanting('problems')))).toEqual(['Gateway b can’t start']);
    expect(run.sees(wanting('all'), aLongTime)).toEqual([]);
    const silent = new Run();
    expect(silent.sees(wanting('none'))).toEqual([]);
    expect(silent.sees(wanting('all'), aLongTime)).toEqual([]);
  });
});

test('names and messages from elsewhere are plain text of one line, cut where they are long', () => {
  const run = new Run();
  const view = { ...gateway('a', failed(`a\n\u001b[31mb ${'x'.repeat(999)}`)), name: 'A\u202eB' };
  const [notice] = run.sees(stateWith([view]));
  expect(notice?.title).toBe('A\\u202eB can’t start');
  expect(notice?.body).toMatch(/^a b x+…$/);
  expect(notice?.body.length).toBeLessThanOrEqual(240);
  const link = gateway('b', failed('<a href="https://a.example">Click</a>'));
  expect(new Run().sees(stateWith([link]))[0]?.body).toBe('‹a href="https://a.example"›Click‹/a›');
});

function inPhase(phase: UpdatePhase): AppState {
  return stateWith([], { watcher: { ...watcherWith([]), transaction: transactionIn(phase) } });
}

test('a new version that waits to be kept is told of once, and that it goes back by itself [R150]', () => {
  const run = new Run();
  const asking = inPhase('confirming');
  const said = run.sees(asking);
  expect(said).toMatchObject([
    {
      title: `Keep Holdfast ${transactionIn('confirming').toVersion}?`,
      body: 'Without an answer the old version comes back by itself.',
      isProblem: true,
      place: { panel: 'update' },
    },
  ]);
  expect(run.sees(asking, aLongTime)).toEqual([]);
  // Every view of the window asks, too.
  const watched = new Run();
  watched.seen = { view: 'home', gateway: null };
  expect(watched.sees(asking)).toEqual([]);
  expect(new Run().sees(inPhase('soaking'))).toEqual([]);
});
