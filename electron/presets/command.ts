/** Any command without a preset. Ready when its port answers, or as soon as it runs. */
import { ContractError } from '../contract/define.ts';
import type { ProfileInput } from '../contract/profile.ts';
import { profileIdFor, splitCommandLine, toPort } from './form.ts';
import type { Preset } from './preset.ts';

export const command: Preset = {
  id: 'command',
  name: 'Any command',
  about: 'A server that you start with a command. Holdfast keeps it running.',
  find: () => [],
  form: {
    fields: [
      { name: 'name', label: 'Name', placeholder: 'My gateway' },
      {
        name: 'command',
        label: 'Command',
        placeholder: '/opt/gateway/run --port 8080',
        hint: 'As you would type it, without a shell: no pipes and no variables.',
      },
      { name: 'cwd', label: 'Folder', placeholder: 'Your home folder', optional: true },
      {
        name: 'port',
        label: 'Port',
        placeholder: '8080',
        hint: 'It counts as ready when this port takes connections.',
        optional: true,
      },
    ],
    make({ name = '', command: line = '', cwd = '', port = '' }): ProfileInput {
      const [program, ...args] = splitCommandLine(line);
      if (program === undefined) {
        throw new ContractError('Type the command that starts your gateway.');
      }
      const number = toPort(port);
      return {
        schema: 1,
        id: profileIdFor(name),
        name: name.trim(),
        program: {
          type: 'command',
          command: program,
          args,
          ...(cwd.trim() === '' ? {} : { cwd: cwd.trim() }),
        },
        ...(number === null ? {} : { port: number, readiness: { type: 'tcp' } }),
      };
    },
  },
};
