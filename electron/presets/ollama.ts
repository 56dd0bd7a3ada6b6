/** Ollama: `GET /` answers as long as it is alive; asked to stop, it ends the runners of its models. */
import type { Preset } from './preset.ts';
import { findServer, portFrom } from './server.ts';

const defaultPort = 11_434;
/** Its installer creates a service; with that, this gateway is not needed. */
const ownService = '/etc/systemd/system/ollama.service';

export const ollama: Preset = {
  id: 'ollama',
  name: 'Ollama',
  about: 'Ollama, a server for local models.',
  find(machine) {
    const { env } = machine;
    const port = portFrom(env.OLLAMA_HOST, defaultPort);
    const models = env.OLLAMA_MODELS;
    const more = machine.isFile(ownService)
      ? 'It has a service of the system, ollama.service: while that runs, Holdfast only watches.'
      : '';
    return findServer(
      machine,
      {
        id: 'ollama',
        name: 'Ollama',
        command: 'ollama',
        args: ['serve'],
        env: { OLLAMA_HOST: '127.0.0.1:{port}', ...(models ? { OLLAMA_MODELS: models } : {}) },
        port,
        ready: '/',
        startTimeoutMs: 120_000,
        graceMs: 15_000,
      },
      more,
    );
  },
};
