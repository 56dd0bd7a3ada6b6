/**
 * `npm test` and its parts, from a bare clone:
 *
 *   all       set up, build, check, unit tests, a short soak, end-to-end tests
 *   unit      unit tests           e2e       end-to-end tests on the built app
 *   soak      one random thing after another done to the built watcher and its gateways (Linux);
 *             `-- --seed n` repeats a run, `-- --steps n` makes it shorter
 *   update    updates between packed releases; `--repeat n` runs each test n times; without names of
 *             tests it takes one part of the kills in a gateway's update, and says which
 *   real      the real OpenClaw, Redis, nginx, Syncthing, Node-RED and a Python server that changes its
 *             title, under the packed app, without a network (Linux); `--repeat n` as above; without
 *             names of tests it updates OpenClaw forth or back, and says which
 *   installer the real Windows installer of two releases, under Wine where this is no Windows
 *   deb       the deb as users get it, installed in a fresh Debian and used from a terminal (Linux, root)
 *   screenshots  pictures of the real window, for README and docs
 *   mutants   breaks the code on purpose and wants to see red
 *   crashpoints  kills app and watcher at every point of an update, and cuts the power there (Linux); words
 *             after `--` choose points by their names; without any it takes one part, and says which
 *   windows   the rooms outside of Electron on a Windows Node, under Wine where this is no Windows;
 *             then the whole app for Windows, under Wine; `--repeat n` runs each of its tests n times; without
 *             names of tests it takes those files of the command line that differ most on Windows
 *
 * `--all` makes the long proof: 20 updates in a row, every kill, every crash point, every mutant, every file of the
 * command line on Windows; the real servers ten times, with six restarts of OpenClaw's own each. Arguments after `--` go to the test runner.
 */
import { copyFileSync, cpSync, existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { ensureBuilt } from './lib/build.mjs';
import { checks } from './lib/checks.mjs';
import { runDebTests } from './lib/deb-tests.mjs';
import { resolveElectron } from './lib/electron-runtime.mjs';
import { ensureInstalled } from './lib/install.mjs';
import {
  ensurePackedDeb,
  ensurePackedReleases,
  ensureReleasesAfter,
  ensureShippedRelease,
} from './lib/packed-images.mjs';
import { partByTurns, sayPart, shardByTurns, slower, specsByTurns, turnOf } from './lib/parts.mjs';
import { bundledNode, isRoot, root, toolPath } from './lib/paths.mjs';
import { ensureRealServers, ensureTitledServers } from './lib/real-servers.mjs';
import { readReport } from './lib/reports.mjs';
import { Problem, runScript, say } from './lib/say.mjs';
import { runStages } from './lib/stages.mjs';
import { ensureSystemPackages } from './lib/system-packages.mjs';
import { inTestEnvironment } from './lib/test-environment.mjs';
import { runWindowsAppTests } from './lib/windows-app-tests.mjs';
import { installersAreSkipped, runWindowsMutants, runWindowsTests } from './lib/windows-tests.mjs';

const [suite = 'all', ...rest] = process.argv.slice(2);
const repeatAt = rest.indexOf('--repeat');
const repeatGiven = repeatAt < 0 ? undefined : rest.splice(repeatAt, 2)[1];
/** The long proof instead of the short one that CI has time for. */
const all = rest.includes('--all');
const repeat = repeatGiven ?? (all && suite === 'real' ? '10' : '1');
const extra = rest.filter((word) => word !== '--' && word !== '--all');

/** @type {NodeJS.ProcessEnv} filled by the set-up stages, seen by the tests */
const env = {};

/**
 * Runs a test runner where tests run, and reads its report.
 * @param {string} name the report's
 * @param {readonly string[]} words the runner and its arguments
 * @param {readonly string[]} more arguments
 * @param {{ asRoot?: boolean, fromSource?: boolean, loopbackOnly?: boolean }} how see inTestEnvironment
 */
async function runSuite(name, words, more = extra, how = {}) {
  const { code, left } = await inTestEnvironment({
    command: [bundledNode, ...words, ...more],
    env: { ...env, HOLDFAST_REPORT: name },
    ...how,
  });
  for (const line of left) say(`a test left this process behind: ${line}`);
  const counts = readReport(
    name,
    process.platform === 'win32' ? 'expected-skips-windows.json' : 'expected-skips.json',
  );
  if (left.length > 0) throw new Problem('Tests left processes behind.');
  if (code !== 0 && counts.failed === 0)
    throw new Problem(`The ${name} tests ended with code ${code}.`);
  return counts;
}

/** Sets of system packages that a suite needs besides the common ones. */
/** @type {Readonly<Record<string, readonly ('packaging' | 'real')[]>>} */
const morePackages = { update: ['packaging'], real: ['packaging', 'real'] };
const setup = {
  name: 'set-up',
  run: async () => {
    await ensureInstalled();
    await ensureSystemPackages(['electron', 'tests', ...(morePackages[suite] ?? [])]);
    env.HOLDFAST_ELECTRON = (await resolveElectron()).executable;
    Object.assign(env, await ensureTitledServers());
  },
};
const build = { name: 'build', run: () => ensureBuilt({ HOLDFAST_FLAVOUR: 'e2e' }) };
const unit = {
  name: 'unit',
  run: () =>
    runSuite('unit', [toolPath('vitest'), 'run', '--configLoader', 'native'], extra, {
      fromSource: true,
    }),
};
/** What a second user does: only root can give files to one. */
const withSecondUser = [
  'electron/files/untrusted-file.test.ts',
  'electron/files/state-folder.test.ts',
  'electron/process/another-user.test.ts',
];
const secondUser = {
  name: 'as root',
  run: async () => {
    if (!isRoot || process.platform !== 'linux')
      return say('not root: no second user to test with');
    const words = [toolPath('vitest'), 'run', '--configLoader', 'native', ...withSecondUser];
    return runSuite('second-user', words, [], { asRoot: true });
  },
};
const e2e = {
  name: 'e2e',
  run: () => runSuite('e2e', [toolPath('playwright'), 'test', '--project=app']),
};
/** Pictures of the real window. Those that README and docs show are renewed; all lie in test-results. */
const pictures = {
  name: 'screenshots',
  run: async () => {
    const counts = await runSuite('screenshots', [
      toolPath('playwright'),
      'test',
      '--project=pictures',
    ]);
    const shown = path.join(root, 'docs', 'images');
    const taken = path.join(root, 'test-results', 'pictures');
    for (const name of readdirSync(shown)) {
      if (existsSync(path.join(taken, name)))
        copyFileSync(path.join(taken, name), path.join(shown, name));
    }
    // Those that a test compares with.
    cpSync(path.join(taken, 'gallery'), path.join(root, 'e2e', 'gallery'), { recursive: true });
    return counts;
  },
};
/** Each time another seed, which it prints: so many steps take about half a minute. */
const shortSoak = ['--steps', '60'];
/** @param {readonly string[]} args */
const soak = (args) => ({
  name: 'soak',
  run: async () => {
    if (process.platform === 'linux') return runSuite('soak', ['e2e/soak/run.ts'], args);
    return say('the soak reads /proc, so it runs on Linux only');
  },
});
/** Three are the fewest that show whether something piles up. */
const updatesInARow = all ? 20 : 3;
const pack = {
  name: 'pack',
  run: async () => {
    // First: packing leaves its own flavour in out/, and the tests' is the one to stay there.
    Object.assign(env, await ensureShippedRelease(), await ensurePackedReleases());
    if (suite === 'update') Object.assign(env, await ensureReleasesAfter(updatesInARow));
  },
};
/** All of a lane, when that is asked for or its tests are named. */
const whole = all || extra.length > 0;
/** @param {number} parts */
const partNow = (parts) => (whole ? 'all' : partByTurns(parts));
/** Of the kills in e2e/gateway-faults.update.spec.ts. */
const kills = process.env.HOLDFAST_KILLS ?? partNow(6);
const update = {
  name: 'update',
  run: () => {
    if (kills !== 'all') say(`of the kills in a gateway's update, part ${kills} (HOLDFAST_KILLS)`);
    env.HOLDFAST_KILLS = kills;
    const words = ['test', '--project', 'update', '--repeat-each', repeat];
    const files = whole ? extra : specsByTurns('', '.update.spec.ts');
    return runSuite('update', [toolPath('playwright'), ...words], files);
  },
};
/** Of the updates of the real OpenClaw: both, or one by turns of the clock. */
const openClawParts = ['forth', 'back'];
const openClawUpdate =
  process.env.HOLDFAST_OPENCLAW_UPDATE ?? (whole ? 'all' : openClawParts[turnOf(2)]);
/** Its own update command takes OpenClaw a quarter of an hour on a slow machine, which has no time for that. */
const quickReal = 'real/servers';
const real = {
  name: 'real',
  run: async () => {
    if (process.platform !== 'linux') return say('real servers are run on Linux only');
    env.HOLDFAST_OPENCLAW_UPDATE = openClawUpdate;
    Object.assign(env, await ensureRealServers(), all ? { HOLDFAST_SELF_RESTARTS: '3' } : {});
    const words = [toolPath('playwright'), 'test', '--project', 'real', '--repeat-each', repeat];
    const quick = !whole && slower > 1;
    if (quick) sayPart('OpenClaw is not updated');
    else say(`of the updates of OpenClaw: ${openClawUpdate} (HOLDFAST_OPENCLAW_UPDATE)`);
    return runSuite('real', words, quick ? [quickReal] : extra, { loopbackOnly: true });
  },
};
/** Mutants named on the command line; those of Windows run on a Windows Node. */
const windowsNames = extra.filter((name) => name.startsWith('on-windows-'));
const otherNames = extra.filter((name) => !windowsNames.includes(name));
const mutantPart = process.env.HOLDFAST_MUTANTS ?? partNow(3 * slower);
const mutants = {
  name: 'mutants',
  run: () => {
    if (mutantPart !== 'all') say(`of the mutants, part ${mutantPart} (HOLDFAST_MUTANTS)`);
    env.HOLDFAST_MUTANTS = mutantPart;
    return runSuite('mutants', ['e2e/mutants/run.ts'], otherNames, { fromSource: true });
  },
};
/** Each takes two to three minutes on two cores. */
const crashPointParts = 20;
const crashPointPart = process.env.HOLDFAST_POINTS ?? partNow(crashPointParts * slower);
const crashPoints = {
  name: 'crashpoints',
  run: async () => {
    if (process.platform !== 'linux') return say('crash points are run on Linux only');
    if (crashPointPart !== 'all')
      say(`of the crash points, part ${crashPointPart} (HOLDFAST_POINTS)`);
    env.HOLDFAST_POINTS = crashPointPart;
    return runSuite('crashpoints', ['e2e/crashpoints/run.ts'], extra, { fromSource: true });
  },
};
/** They are few: a part only on a slow machine. */
const windowsMutantPart = whole || slower === 1 ? 'all' : partByTurns(slower);
const windowsMutants = {
  name: 'mutants on Windows',
  run: () => {
    if (windowsMutantPart !== 'all')
      sayPart(`of the mutants on Windows, part ${windowsMutantPart}`);
    return runWindowsMutants(windowsNames, windowsMutantPart);
  },
};
const install = { name: 'set-up', run: ensureInstalled };
const mutantStages = [
  ...(process.platform !== 'win32' && (extra.length === 0 || otherNames.length > 0)
    ? [setup, mutants]
    : [install]),
  ...(extra.length === 0 || windowsNames.length > 0 ? [windowsMutants] : []),
];
/** Tests named on the command line: those of the whole app lie in e2e. */
const ofApp = extra.some((word) => word.startsWith('e2e/'));
const windows = {
  name: 'windows',
  run: () =>
    whole
      ? runWindowsTests(extra, 'windows', { HOLDFAST_WINDOWS_ALL: '1' })
      : runWindowsTests(shardByTurns()),
};
const windowsApp = {
  name: 'windows app',
  run: () => runWindowsAppTests(extra, repeat, all),
};
const windowsStages = [
  install,
  ...(ofApp ? [] : [windows]),
  ...(ofApp || extra.length === 0 ? [windowsApp] : []),
];
const noInstallers = () => installersAreSkipped('the Windows installer');
const packWindows = {
  name: 'pack',
  run: async () => {
    if (await noInstallers()) return;
    Object.assign(env, await ensurePackedReleases('windows'));
  },
};
const installer = {
  name: 'installer',
  run: async () => {
    if (await noInstallers()) return;
    return runWindowsTests(extra, 'installer', {
      HOLDFAST_RELEASE_OLD: env.HOLDFAST_RELEASE_OLD ?? '',
      HOLDFAST_RELEASE_NEW: env.HOLDFAST_RELEASE_NEW ?? '',
    });
  },
};

const deb = { name: 'deb', run: () => runDebTests(ensurePackedDeb) };

/** @type {Readonly<Record<string, readonly import('./lib/stages.mjs').Stage[]>>} */
const runsOf = {
  all: [setup, build, ...checks, unit, secondUser, soak(shortSoak), e2e],
  unit: [setup, unit],
  'second-user': [setup, secondUser],
  e2e: [setup, build, e2e],
  soak: [setup, build, soak(extra)],
  screenshots: [setup, build, pictures],
  update: [setup, pack, update],
  real: [setup, pack, real],
  crashpoints: [setup, crashPoints],
  mutants: mutantStages,
  windows: windowsStages,
  deb: [install, deb],
  installer: [install, packWindows, installer],
};

await runScript(async () => {
  const stages = runsOf[suite];
  if (!stages)
    throw new Problem(`There is no suite ${suite}; say one of ${Object.keys(runsOf).join(', ')}.`);
  return runStages(suite, stages);
});
