/** A gateway on another machine: watched and shown, never started or stopped. */
import { ContractError } from '../contract/define.ts';
import { profileIdFor } from '../contract/profile-id.ts';
import { en } from '../words/en/index.ts';
import type { Preset } from './preset.ts';

const said = en.presets.remote;

export const remote: Preset = {
  id: 'remote',
  name: said.name,
  about: said.about,
  find: () => [],
  form: {
    fields: [
      { name: 'name', ...said.fields.name },
      {
        name: 'url',
        ...said.fields.url,
        placeholder: 'https://gateway.example/healthz',
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
