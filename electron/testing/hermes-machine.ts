/** For tests: a machine on which Hermes is installed, with another profile beside the default one. */
import type { Machine } from '../presets/preset.ts';

export function hermesMachine(home: string, changes: Partial<Machine> = {}): Machine {
  return {
    platform: 'linux',
    home: '/home/someone',
    env: { HERMES_HOME: home },
    which: (command) => (command === 'hermes' ? '/usr/bin/hermes' : null),
    real: (path) => path,
    isFile: () => false,
    isFolder: () => true,
    list: (folder) => (folder.endsWith('profiles') ? ['work', '.hidden', 'Upper'] : []),
    read: () => null,
    ...changes,
  };
}
