/** llama.cpp's llama-server: `/health` answers 503 while it loads its model, 200 afterwards. */

import { ContractError } from '../contract/define.ts';
import { profileIdFor } from '../contract/profile-id.ts';
import { en } from '../words/en/index.ts';
import { toPort } from './form.ts';
import type { Machine, Preset } from './preset.ts';
import { findServer, type Server, serverProfile } from './server.ts';

const defaultPort = 8080;
/** Enough for a large model on a slow disk. */
const startTimeoutMs = 900_000;

function server(command: string, model: string, port: number): Server {
  return {
    id: 'llama-server',
    name: 'llama.cpp',
    command,
    args: ['--model', model, '--host', '127.0.0.1', '--port', '{port}'],
    port,
    ready: '/health',
    // Enough for a long prompt on a small machine.
    hungAfterMs: 300_000,
    startTimeoutMs,
    graceMs: 30_000,
  };
}

/** The model that llama.cpp's own variable names, or the first in the usual folders. */
function modelOf(machine: Machine): string | undefined {
  const { env, home } = machine;
  if (env.LLAMA_ARG_MODEL) return env.LLAMA_ARG_MODEL;
  const cache = env.LLAMA_CACHE || `${home}/.cache/llama.cpp`;
  return (
    [cache, `${home}/models`]
      .flatMap((folder) => machine.list(folder).map((name) => `${folder}/${name}`))
      // Later parts of a split model, and files that only belong to one, can't be started.
      .find((file) => /\.gguf$/i.test(file) && !/mmproj|-0*(?!0*1-of)\d+-of-\d+/i.test(file))
  );
}

const said = en.presets['llama-server'];

export const llamaServer: Preset = {
  id: 'llama-server',
  name: said.name,
  about: said.about,
  find(machine) {
    const model = modelOf(machine);
    if (model === undefined) return [];
    return findServer(
      machine,
      server('llama-server', model, defaultPort),
      `Its model is ${model}.`,
    );
  },
  form: {
    fields: [
      { name: 'name', ...said.fields.name },
      { name: 'model', ...said.fields.model, placeholder: '/home/me/models/model.gguf' },
      {
        name: 'port',
        ...said.fields.port,
        placeholder: String(defaultPort),
        optional: true,
      },
    ],
    make({ name = '', model = '', port = '' }) {
      const file = model.trim();
      if (file === '') throw new ContractError('Say which model it serves: the path of its file.');
      const profile = serverProfile(server('llama-server', file, toPort(port) ?? defaultPort));
      return { ...profile, id: profileIdFor(name), name: name.trim() };
    },
  },
};
