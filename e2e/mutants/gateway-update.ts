/** Broken: one gateway brought up to date by itself, and the build that one was put back to. */
import type { Mutant } from './types.ts';

const file = 'electron/watcher/gateway-update.test.ts';
const pinned = 'electron/link/pinned-build.test.ts';

export const gatewayUpdateMutants: readonly Mutant[] = [
  {
    name: 'own-update-done-unproved',
    harm: '“Updated” is said of a gateway whose new build never answers.',
    file: 'electron/watcher/gateway-update.ts',
    find: '    await resume(supervisor, {});\n',
    replace: '    supervisor.endRelease();\n',
    guard: { file, name: 'that succeeds is done when the new build has answered, and not before' },
  },
  {
    name: 'own-update-fails-and-gateway-stays-away',
    harm: 'An update command fails, and its gateway is “paused for the update” for ever.',
    file: 'electron/watcher/gateway-update.ts',
    find: "if (supervisor.view().state.status === 'released') supervisor.endRelease();",
    replace: '',
    guard: { file, name: 'that fails is told with its last line, and the gateway is back' },
  },
  {
    name: 'last-line-of-the-command-lost',
    harm: 'Why an update command failed stands in a log alone.',
    file: 'electron/watcher/carry-command.ts',
    find: "said === null ? '' : ",
    replace: "said !== '' ? '' : ",
    guard: { file, name: 'that fails is told with its last line, and the gateway is back' },
  },
  {
    name: 'own-update-twice-at-once',
    harm: 'Two update commands write the same files at the same time.',
    file: 'electron/watcher/gateway-update.ts',
    find: '      if (running.has(id)) {',
    replace: '      if (running.size > 1) {',
    guard: { file, name: 'is asked for twice at once and runs once' },
  },
  {
    name: 'own-update-amid-a-succession',
    harm: 'Another watcher takes the gateways over while one is stopped for its update.',
    file: 'electron/watcher/watch.ts',
    find: "      if (gatewayUpdates.busy())\n        return 'A gateway is being updated; that has to be finished first.';\n",
    replace: '',
    guard: { file, name: 'is asked for twice at once and runs once' },
  },
  {
    name: 'command-of-a-killed-watcher-forgotten',
    harm: 'A gateway is started while its update command still replaces its files.',
    file: 'electron/watcher/watch.ts',
    find: '    gatewayUpdates.recover();\n',
    replace: '',
    guard: { file, name: 'is followed by one that waits for the command, says so' },
  },
  {
    name: 'pinned-build-forgotten-by-the-next-watcher',
    harm: 'A build that failed is started again as soon as a watcher dies.',
    file: 'electron/gateway/supervisor.ts',
    find: '      driver.pin = ledger.pin ?? null;',
    replace: '      driver.pin = null;',
    guard: { file: pinned, name: 'is started again after kills of gateway and watcher' },
  },
  {
    name: 'pinned-stage-collected',
    harm: 'The build that a gateway keeps to is removed while it is stopped, and the failed one starts.',
    file: 'electron/handoff/staging.ts',
    find: 'return [...kept, ...(running ?',
    replace: 'return [...kept.slice(2), ...(running ?',
    guard: { file: pinned, name: 'is started again after kills of gateway and watcher' },
  },
  {
    name: 'stages-never-collected',
    harm: 'Every update leaves a hundred megabytes behind.',
    file: 'electron/handoff/staging.ts',
    find: 'spare.slice(1)',
    replace: 'spare.slice(spare.length)',
    guard: { file: pinned, name: 'is started again after kills of gateway and watcher' },
  },
  {
    name: 'pin-lost-with-a-try-in-vain',
    harm: '“Try again” that fails leaves the gateway with the build that failed.',
    file: 'electron/gateway/supervisor.ts',
    find: 'if (driver.pin && options.shipped && !options.pin) driver.takeShipped(null);',
    replace: '',
    guard: { file: pinned, name: 'stays when the one that Holdfast brings is tried again in vain' },
  },
  {
    name: 'pin-stays-on-record',
    harm: 'A gateway keeps to its old build for ever, with a stage that nobody removes.',
    file: 'electron/gateway/supervisor.ts',
    find: '    this.#driver.takePin(null);\n    this.#keeper.save();\n',
    replace: '    this.#driver.takePin(null);\n',
    guard: { file: pinned, name: 'goes at the user’s word when its gateway is stopped' },
  },
];
