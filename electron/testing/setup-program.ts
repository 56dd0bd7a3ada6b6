/** For tests: a Setup program made of Node code, and how it is called where a script is no program. */
import { readFileSync } from 'node:fs';
import type { InstallDeps } from '../watcher/update/installer.ts';

/**
 * A stand-in for a Setup program: Node code that knows `from` (what it brings), `to` (the installed
 * folder), `args`, and `install()`, which does all of its work. It writes its files beside the state folder.
 */
export function setupProgram(script: string, folders: { from: string; to: string }): string {
  return `
    const fs = require('fs'), path = require('path');
    const { from, to } = ${JSON.stringify(folders)};
    const args = process.argv.slice(1).filter((one) => /^[/-]/.test(one));
    const install = () => {
      fs.rmSync(to + '.old', { recursive: true, force: true });
      fs.renameSync(to, to + '.old');
      fs.cpSync(from, to, { recursive: true });
      if (!args.includes('--keep-old')) fs.rmSync(to + '.old', { recursive: true });
    };
    const beside = (name, text) => {
      const file = path.join(to, '..', name);
      fs.writeFileSync(file + '.part', text);
      fs.renameSync(file + '.part', file);
    };
    beside('setup-pid', String(process.pid));
    beside('setup-args', JSON.stringify(args));
    ${script}`;
}

/** Empty where the watcher can start a script itself. */
export const setupCall: Pick<InstallDeps, 'setupCommand'> =
  process.platform === 'win32'
    ? {
        setupCommand: (file, args) => ({
          command: file,
          args: ['-e', readFileSync(`${file}.js`, 'utf8'), '--', ...args],
        }),
      }
    : {};
