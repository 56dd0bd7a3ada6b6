/** A new version that does not stay well, and what its gateways keep. */
import type { Mutant } from './types.ts';

export const soakMutants: readonly Mutant[] = [
  {
    name: 'committed-before-the-soak',
    harm: 'The old version is deleted before the new gateways have lived through a minute.',
    file: 'electron/watcher/update/machine.ts',
    find: "if (!state.soaked) return { do: 'soak' };",
    replace: '',
    guard: {
      file: 'electron/watcher/update/gateway-soak.test.ts',
      name: 'an update is undone when a gateway that it has replaced ends',
    },
  },
  {
    name: 'soak-trouble-forgiven',
    harm: 'A new gateway dies in its first minute, and the new version counts as installed.',
    file: 'electron/watcher/update/steps.ts',
    find: "if (gateway?.planned.policy !== 'keep') return attempt.rollBack(problem);",
    replace: '',
    guard: {
      file: 'electron/watcher/update/gateway-soak.test.ts',
      name: 'an update is undone when a gateway that it has replaced ends',
    },
  },
  {
    name: 'migrated-state-left',
    harm: 'A version that failed has migrated what its gateway keeps; the old one can’t read it and stays down.',
    file: 'electron/watcher/update/gateways.ts',
    find: '    await putStateBack(work, id);\n',
    replace: '',
    guard: {
      file: 'electron/watcher/update/gateway-copies.test.ts',
      name: 'is put back with the old build when the new one migrates it and does not serve',
    },
  },
  {
    name: 'last-copy-removed',
    harm: 'What a gateway keeps could not be put back, and the only copy of it is removed.',
    file: 'electron/watcher/update/gateway-copies.ts',
    find: 'if (!isNeeded && existsSync(copy))',
    replace: 'if (existsSync(copy))',
    guard: {
      file: 'electron/watcher/update/gateway-copies.test.ts',
      name: 'that can’t be put back stays in its copy, and the receipt says where',
    },
  },
];
