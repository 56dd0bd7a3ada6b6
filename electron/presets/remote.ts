/** A gateway on another machine: watched and shown, never started or stopped. */
import { ContractError } from '../contract/define.ts';
import { profileIdFor } from '../contract/profile-id.ts';
import type { Preset } from './preset.ts';

export const remote: Preset = {
  id: 'remote',
  name: 'A remote gateway',
  about: 'The address of a gateway on another machine. Holdfast shows whether it is well.',
  find: () => [],
  form: {
    fields: [
      { name: 'name', label: 'Name', placeholder: 'Gateway at work' },
      {
        name: 'url',
        label: 'Address',
        placeholder: 'https://gateway.example/healthz',
        hint: 'Any answer below 400 means that it is well.',
      },
    ],
    make({ name = '', url = '' }) {
      const address = url.trim();
      if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol)) {
        throw new ContractError('The address must begin with http:// or https://.');
      }
      return {
        schema: 1,
        id: profileIdFor(name),
        name: name.trim(),
        program: { type: 'remote', url: address },
      };
    },
  },
};
