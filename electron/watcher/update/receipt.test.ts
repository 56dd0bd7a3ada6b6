/** The receipt's line of a gateway that the update never touched, as its supervisor reports it. */
import { expect, test } from 'vitest';
import type { GatewayView } from '../../contract/gateway.ts';
import type { Identity } from '../../contract/identity.ts';
import type { Plan } from '../../transaction/plan.ts';
import { initialState } from './machine.ts';
import { buildReceipt } from './receipt.ts';

const identity: Identity = { pid: 77, startedAt: '1000', nonce: 'kept' };
const alive = { identity, startedAt: 1_000, adopted: true };

const plan: Plan = {
  schema: 1,
  attempt: '1795377707854-62e8b81c',
  token: 1,
  createdAt: 1_000,
  fromVersion: '1.0.0',
  toVersion: '1.0.1',
  fromBuild: '1.0.0+old',
  toBuild: null,
  app: { pid: 5, startedAt: '5', nonce: '' },
  expected: {
    kind: 'nsis',
    appFile: '/apps/Holdfast.exe',
    fileMark: '',
    setupFile: '/setup.exe',
    setupSha512: '',
    installMs: 1,
  },
  currentStage: { bundle: '/b', runtime: '/r', buildId: '1.0.0+old' },
  nextStage: null,
  gateways: [
    { id: 'kept', profileHash: '', policy: 'keep', wasRunning: true, identity, build: null },
  ],
  launch: { file: '/apps/Holdfast.exe', args: [], env: {} },
  soakMs: 1_000,
  budgets: { appExitMs: 1, proveMs: 1, appStartMs: 1 },
};

const nothingLives = (): boolean => false;

function lineFor(
  state: GatewayView['state'],
  lives: (identity: Identity) => boolean = nothingLives,
  desired: GatewayView['desired'] = 'running',
) {
  const view: GatewayView = {
    id: 'kept',
    name: 'Kept',
    policy: 'keep',
    desired,
    state,
    restarts: 0,
    logFile: '/log',
  };
  const views = new Map([['kept', view]]);
  const receipt = buildReceipt(plan, initialState(plan), [], views, 'committed', 2_000, lives);
  return receipt.gateways[0];
}

test('the same process was kept, also while the watcher that took it over waits for its first answer', () => {
  const running = { status: 'running', ...alive, readyAt: 1_500, proof: 'healthy' } as const;
  expect(lineFor(running)).toMatchObject({ result: 'kept', proof: 'healthy', absenceMs: 0 });
  const starting = { status: 'starting', ...alive, attempt: 1 } as const;
  expect(lineFor(starting)).toMatchObject({ result: 'kept', proof: 'alive', absenceMs: 0 });
});

test('an absence begins with the request to stop: from then on it may refuse what is new', () => {
  const after = { pid: 78, startedAt: '2000', nonce: 'new' };
  const stop = {
    before: { identity, build: null },
    stopRequestedAt: 1_000,
    stoppedAt: 1_700,
    killed: false,
  };
  const start = {
    identity: after,
    build: null,
    startedAt: 1_710,
    provedAt: 1_800,
    proof: 'healthy',
  } as const;
  const [gateway] = initialState(plan).gateways;
  if (!gateway) throw new Error('no gateway in the plan');
  const gateways = [{ ...gateway, now: 'next' as const, stop, start }];
  const state = { ...initialState(plan), gateways };
  const receipt = buildReceipt(plan, state, [], new Map(), 'committed', 2_000, nothingLives);
  expect(receipt.gateways[0]).toMatchObject({ result: 'replaced', absenceMs: 800 });
});

test('another process that has not answered yet counts as down', () => {
  const other = { ...identity, pid: 78 };
  const starting = { status: 'starting', ...alive, identity: other, attempt: 1 } as const;
  expect(lineFor(starting)).toMatchObject({ result: 'down', proof: null });
});

const before = (one: Identity): boolean => one.pid === identity.pid;

test.each([
  ['failed', { status: 'failed', problem: { message: 'Port 80 is held by nginx.' } }],
  ['waiting', { status: 'waiting', until: 0, attempt: 1, problem: { message: 'Starts now.' } }],
  ['stopped', { status: 'stopped' }],
] as const)(
  'a process that runs is not down, though its gateway counts as %s [R78]',
  (_, state) => {
    const line = lineFor(state, before);
    expect(line).toMatchObject({ result: 'kept', proof: 'alive', after: { identity } });
    expect(line?.problem?.message).toContain('runs on as process 77');
  },
);

test('another process is no sign that the one from before ended by itself [R78]', () => {
  const other = { ...identity, pid: 78, startedAt: '2000' };
  const running = { ...alive, identity: other, readyAt: 1_500, proof: 'healthy' } as const;
  const line = lineFor({ status: 'running', ...running }, before);
  expect(line).toMatchObject({ result: 'kept', after: { identity } });
  expect(line?.problem?.message).toContain('process 78 was started beside it');
  expect(lineFor({ status: 'running', ...running })).toMatchObject({ result: 'restored' });
});

test('a gateway that the user is stopping is reported as stopped by the user, though it still runs', () => {
  const stopping = { status: 'stopping', ...alive, deadline: 0, next: 'stop' } as const;
  expect(lineFor(stopping, before, 'stopped')).toMatchObject({ result: 'stopped-by-user' });
});
