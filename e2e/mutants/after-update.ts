/** How an update may leave things behind when it is over. */
import type { Mutant } from './types.ts';

export const afterUpdate: readonly Mutant[] = [
  {
    name: 'released-for-ever',
    harm: 'A gateway that an update could not bring back is never started again.',
    file: 'electron/watcher/carry.ts',
    find: '    endReleases(deps.supervisors());',
    replace: '',
    guard: {
      file: 'electron/watcher/carry-wanted.test.ts',
      name: 'one that could not be brought back is tried again as ever',
    },
  },
  {
    name: 'undone-build-not-kept',
    harm: 'A build that failed is started again by the next crash.',
    file: 'electron/watcher/carry-gateways.ts',
    find: '{ ...shippedOptions(currentStage), pin }',
    replace: 'shippedOptions(currentStage)',
    guard: {
      file: 'electron/watcher/carry.test.ts',
      name: 'is not committed when a gateway ends during the soak',
    },
  },
  {
    name: 'lost-app-not-noticed',
    harm: 'An update is committed, and no app runs.',
    file: 'electron/watcher/carry-steps.ts',
    find: "if (app) cancel = waiter.watch(app, () => resolve('app-lost'));",
    replace: "if (app) cancel = () => resolve('app-lost');",
    guard: {
      file: 'electron/watcher/carry-app-soak.test.ts',
      name: 'a new app that ends without a word is started again',
    },
  },
  {
    name: 'deaf-app-left',
    harm: 'An old app that hears no request to end keeps the new one away for ever.',
    file: 'electron/watcher/carry-app.ts',
    find: "      platform.signal(identity, 'SIGKILL');\n      await",
    replace: '      await',
    guard: {
      file: 'electron/watcher/carry-app.test.ts',
      name: 'is killed when its grace is over',
    },
  },
  {
    name: 'app-ended-with-what-it-started',
    harm: 'The watcher that an app has started ends with the app.',
    file: 'electron/watcher/carry-app.ts',
    find: ' && readNonce(pid) === identity.nonce',
    replace: '',
    guard: {
      file: 'electron/watcher/carry-app.test.ts',
      name: 'is killed when its grace is over',
    },
  },
];
