/**
 * The update of a gateway in the packed app, by a click, broken at each of its steps: by what can go wrong
 * there, and by SIGKILL to everyone who has a part in it. Afterwards exactly one process of the gateway
 * serves, the old version or the new one, and the receipt says which and why.
 *
 * There are more kills than a short run has time for: it takes one part of them, by turns, and names it.
 * `npm run test:update:all`, or HOLDFAST_KILLS=all, runs every one.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import type { Identity } from '../electron/contract/identity.ts';
import type { TransactionEventType } from '../electron/transaction/events.ts';
import { breakpointFile } from '../electron/transaction/journal.ts';
import { partOf } from './fixtures/part-of.ts';
import { newestEvents } from './support/attempt-records.ts';
import { appIdentity, killAt, reached, watcherIdentity } from './support/fault-world.ts';
import {
  type End,
  type GatewayMachine,
  type LaidGateway,
  serverAt,
  test,
} from './support/gateway-update-world.ts';
import { here, statusAt, type VersionedGateway, versions } from './support/release-gateway.ts';
import { expectStatus } from './support/world.ts';

type Laid = Omit<VersionedGateway, 'profile'>;
type Ways = Parameters<GatewayMachine['lay']>[0];

const { old, next } = versions;
const untouched: End = { outcome: 'put-back', result: 'kept', serves: old };
const putBack: End = { outcome: 'put-back', result: 'restored', serves: old };
const lost: End = { outcome: 'failed', result: 'down', serves: null };
const installed: End = { outcome: 'committed', result: 'replaced', serves: next };

const shell = (script: string, { root }: Laid) => ({
  command: '/bin/sh',
  args: ['-c', script],
  cwd: root,
});
const spoilNext =
  (script: string) =>
  (laid: VersionedGateway): void =>
    writeFileSync(join(laid.next, 'server.mjs'), script);
const release = (name: string): string => here.fixture(`release-gateway/${name}`);
/** Serves until there is a file `end`. */
const untilTold = `${readFileSync(release('server.mjs'), 'utf8')}
const { existsSync } = await import('node:fs');
setInterval(() => existsSync('../end') && process.exit(7), 20);
`;
/** The longest wait between two tries, and one start. */
const retriedWithinMs = 45_000;
const refuses = "throw new Error('no such module');\n";
/** The next version is tried where it lies. */
const rehearsed = ({ next: folder }: Laid) => ({
  rehearsal: { args: [join(folder, 'server.mjs'), '{port}'], cwd: folder },
});

interface Failure {
  readonly of: string;
  readonly ways?: Ways;
  readonly spoil?: (laid: VersionedGateway) => void;
  readonly says: string | RegExp;
  readonly end?: End;
}

const failures: readonly Failure[] = [
  {
    of: 'a rehearsal that does not answer',
    ways: rehearsed,
    spoil: spoilNext(refuses),
    says: 'no such module',
    end: untouched,
  },
  {
    of: 'a copy that can’t be made',
    ways: ({ root }) => ({ rollback: { type: 'snapshot', paths: [join(root, 'secret')] } }),
    spoil: ({ root }) => {
      writeFileSync(join(root, 'secret'), '');
      chmodSync(join(root, 'secret'), 0);
    },
    says: 'secret',
  },
  {
    of: 'a command that can’t be started',
    ways: () => ({ command: { command: '/nowhere/updater' } }),
    says: '/nowhere/updater',
  },
  {
    of: 'a command that fails',
    ways: (laid) => ({
      command: shell('rm now/server.mjs; echo no room for it >&2; exit 3', laid),
    }),
    says: /failed: exit code 3\. It last printed: “no room for it”/,
  },
  {
    of: 'a command that never ends',
    ways: (laid) => ({
      command: { ...shell('rm now/server.mjs; sleep 600', laid), timeoutMs: 500 },
    }),
    says: 'not finished after 0.5 s',
  },
  { of: 'a version that does not start', spoil: spoilNext(refuses), says: 'no such module' },
  {
    of: 'a command that reports success and changes nothing',
    ways: (laid) => ({ command: shell('true', laid) }),
    says: `reported success, but it is still ${old}`,
  },
];

for (const { of, ways, spoil, says, end = putBack } of failures) {
  test(`${of}: the old version serves, and the page says why [R117]`, async ({ machine, lay }) => {
    const gateway = await lay(ways, spoil);
    await machine.clickUpdate();
    const { problem } = await machine.expectEnd(gateway, end);
    expect(problem?.message).toMatch(says);
    await expectUndone(machine, says);
  });
}

/** The page says that the new version was tried, and why it is not there. */
async function expectUndone(machine: GatewayMachine, why: string | RegExp): Promise<void> {
  const page = machine.page();
  await expect(page.getByTestId('gateway-update-problem')).toContainText(why);
  await expect(page.getByTestId('fact-last-update')).toContainText(`${old} → ${next}, undone`);
}

test('a version that ends while it is watched: the old one is put back [R120]', async ({
  machine,
  lay,
}) => {
  const gateway = await lay(() => ({ soakMs: 600_000 }), spoilNext(untilTold));
  await machine.clickUpdate();
  await expect(machine.page().getByTestId('gateway-keep-version')).toBeVisible();
  writeFileSync(join(gateway.root, 'end'), '');
  await machine.expectEnd(gateway, putBack);
  await expectUndone(machine, 'ended soon after the update (exit code 7)');
});

test('a version that its user does not want: the old one is put back at a click [R120]', async ({
  machine,
  lay,
}) => {
  const gateway = await lay(() => ({ soakMs: 600_000 }));
  await machine.clickUpdate();
  await machine.page().getByTestId('gateway-undo-version').click();
  await machine.expectEnd(gateway, putBack);
  await expectUndone(machine, 'The old version was wanted back.');
});

test('a way back that fails: said with the last lines, and what is mended then starts [R117]', async ({
  machine,
  lay,
}) => {
  const gateway = await lay(
    (laid) => ({
      rollback: { type: 'command', ...shell('echo no old version here >&2; exit 4', laid) },
    }),
    spoilNext(refuses),
  );
  await machine.clickUpdate();
  const { problem } = await machine.expectEnd(gateway, lost);
  expect(problem?.message).toMatch(/no such module.*failed: exit code 4.*no old version here/s);
  const page = machine.page();
  await expect(page.getByTestId('gateway-update-problem')).toContainText('no old version here');
  await expect(page.getByTestId('fact-last-update')).toContainText('failed');
  await expect(page.getByTestId('gateway')).toContainText('no such module');
  // Supervised as ever: it is tried again, and needs no more than a version that works.
  cpSync(release('server.mjs'), join(gateway.folder, 'server.mjs'));
  await expectStatus(page, 'running', retriedWithinMs);
  expect(await statusAt(gateway.port)).toMatchObject({ build: next, pid: serverAt(gateway).pid });
});

/** Another program has the folder, until `during` is over. */
async function whileHeld(folder: string, during: (said: string) => Promise<void>): Promise<void> {
  const holder = spawn('/bin/sleep', ['600'], { cwd: folder, stdio: 'ignore' });
  const ended = once(holder, 'exit');
  try {
    await during(`is in use by sleep (pid ${holder.pid}). End it, then try again.`);
  } finally {
    holder.kill('SIGKILL');
    await ended;
  }
}

test('a program in the folder is named and nothing is stopped; once it has ended, Update works [R121]', async ({
  machine,
  lay,
}) => {
  const gateway = await lay(() => ({ soakMs: 0 }));
  await whileHeld(gateway.folder, async (said) => {
    await machine.clickUpdate();
    await expect(machine.page().getByTestId('gateway-update-problem')).toContainText(said);
  });
  expect(await machine.expectEnd(gateway, untouched)).toMatchObject({
    gateways: [{ absenceMs: 0, after: { identity: gateway.before } }],
  });
  await machine.clickUpdate();
  const last = machine.page().getByTestId('fact-last-update');
  await expect(last).toContainText(`${old} → ${next}, installed`);
  await machine.expectEnd(gateway, installed);
});

test('a program that takes the folder once the gateway has left it is named; the old version serves [R121]', async ({
  machine,
  lay,
}) => {
  const gateway = await lay(() => ({}));
  const breakpoint = breakpointFile(gateway.store, 'gateway-stopped');
  writeFileSync(breakpoint, '');
  await machine.clickUpdate();
  await reached(machine.installed, 'gateway-stopped', gateway.store);
  await whileHeld(gateway.folder, async (said) => {
    rmSync(breakpoint);
    await expectUndone(machine, said);
  });
  await machine.expectEnd(gateway, putBack);
});

/** Waits for its gate, with half of its work done. */
const gated = (gate: string, words: string, laid: Laid) =>
  shell(
    `rm now/build.txt; until [ -e ${gate} ]; do sleep 0.02; done; exec '${process.execPath}' '${release('update.mjs')}' now ${words}`,
    laid,
  );
/** The gates, by the record after which their command runs. */
const gates: Partial<Record<TransactionEventType, string>> = {
  'command-running': 'go-on',
  'undo-running': 'go-back',
};

/**
 * Every step is in one of these: all goes well; its user keeps it; its program is copied before; it does not
 * start, and is undone by a command.
 */
const updates = {
  good: {
    ways: (laid) => ({
      ...rehearsed(laid),
      command: gated('go-on', 'next', laid),
      soakMs: 200,
    }),
  },
  kept: { ways: () => ({ soakMs: 0, confirmMs: 60_000 }) },
  copied: {
    ways: ({ root, folder }) => ({
      soakMs: 0,
      rollback: { type: 'snapshot', paths: [join(root, 'records')], program: [folder] },
    }),
  },
  undone: {
    ways: (laid) => ({
      rollback: { type: 'command', ...gated('go-back', 'spare', laid) },
    }),
    spoil: (laid) => {
      cpSync(laid.folder, join(laid.root, 'spare'), { recursive: true });
      spoilNext(refuses)(laid);
    },
  },
} satisfies Readonly<Record<string, Pick<Failure, 'ways' | 'spoil'>>>;

interface Kill {
  readonly victim: 'watcher' | 'app' | 'gateway' | 'command';
  readonly update: keyof typeof updates;
  readonly at: TransactionEventType;
  readonly end: End;
}

const forth = [
  ...(['armed', 'rehearsing', 'rehearsed', 'releasing', 'gateway-stopped', 'released'] as const),
  ...(['undo-prepared', 'command-started', 'command-running', 'command-ended'] as const),
  ...(['gateway-proved', 'version-read', 'back', 'soaked', 'ended'] as const),
];
const back = [
  ...(['gateway-failed', 'put-back', 'undo-started', 'undo-running', 'undo-ended'] as const),
  ...(['gateway-proved', 'version-read', 'ended'] as const),
];
const each = (
  victim: Kill['victim'],
  update: Kill['update'],
  end: End,
  steps: readonly TransactionEventType[],
): Kill[] => steps.map((at) => ({ victim, update, at, end }));

const kills: readonly Kill[] = [
  // Where nothing says how the command ended, the version does: it had not begun, so it is the old one.
  ...each('watcher', 'good', putBack, ['command-started']),
  ...each(
    'watcher',
    'good',
    installed,
    forth.filter((at) => at !== 'command-started'),
  ),
  ...each('watcher', 'kept', installed, ['kept']),
  ...each('watcher', 'undone', putBack, back),
  ...each('watcher', 'copied', installed, ['program-copied']),
  ...each('app', 'copied', installed, ['program-copied']),
  ...each('gateway', 'copied', installed, ['program-copied']),
  ...each('app', 'good', installed, forth),
  ...each('app', 'kept', installed, ['kept']),
  ...each('app', 'undone', putBack, back),
  // The old one is to be stopped anyway; of the new one an end is a reason to go back until it counts as installed.
  ...each('gateway', 'good', installed, ['armed', 'rehearsed', 'releasing', 'soaked', 'ended']),
  ...each('gateway', 'good', putBack, ['gateway-proved', 'version-read', 'back']),
  ...each('gateway', 'undone', putBack, ['gateway-proved', 'version-read', 'ended']),
  ...each('command', 'good', putBack, ['command-running']),
  ...each('command', 'undone', lost, ['undo-running']),
];

function victimOf(kill: Kill, machine: GatewayMachine, gateway: LaidGateway): Identity {
  switch (kill.victim) {
    case 'watcher':
      return watcherIdentity(machine.installed);
    case 'app':
      return appIdentity(machine.installed);
    case 'gateway':
      return serverAt(gateway);
    case 'command': {
      const event = newestEvents(gateway.store).at(-1);
      if (event?.type === 'command-running' || event?.type === 'undo-running')
        return event.identity;
      throw new Error('no command runs');
    }
  }
}

for (const kill of partOf(kills, process.env.HOLDFAST_KILLS)) {
  const { victim, update, at, end } = kill;
  const title = `the ${victim} killed at ${at} of an update that is ${update}`;
  test(`${title}: version ${end.serves ?? 'none'} serves, and nothing is left [R118]`, async ({
    machine,
    lay,
  }) => {
    const { ways, spoil }: Pick<Failure, 'ways' | 'spoil'> = updates[update];
    const gateway = await lay(ways, (laid) => {
      spoil?.(laid);
      for (const [step, gate] of Object.entries(gates)) {
        if (step !== at) writeFileSync(join(laid.root, gate), '');
      }
    });
    const killed = killAt(
      machine.installed,
      at,
      () => victimOf(kill, machine, gateway),
      gateway.store,
    );
    await machine.clickUpdate();
    if (update === 'kept') await machine.page().getByTestId('gateway-keep-version').click();
    await killed;
    if (victim === 'app') await machine.startAgain();
    if (victim !== 'command') {
      for (const gate of Object.values(gates)) writeFileSync(join(gateway.root, gate), '');
    }
    const receipt = await machine.expectEnd(gateway, end);
    expect(receipt.problem === null).toBe(end === installed);
    if (end === lost) expect(receipt.problem?.message).toMatch('ended by SIGKILL');
  });
}
