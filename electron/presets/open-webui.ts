/** Open WebUI: its first start loads models and migrates its database, which takes minutes. */
import type { Preset } from './preset.ts';
import { findServer, portFrom } from './server.ts';

const defaultPort = 8080;
/** When llama-server uses the default one. */
const otherPort = 8081;

export const openWebui: Preset = {
  id: 'open-webui',
  name: 'Open WebUI',
  about: 'Open WebUI, a web page for local and remote models.',
  find(machine) {
    const free = machine.which('llama-server') === null ? defaultPort : otherPort;
    const { DATA_DIR: data } = machine.env;
    return findServer(machine, {
      id: 'open-webui',
      name: 'Open WebUI',
      command: 'open-webui',
      args: ['serve', '--host', '127.0.0.1', '--port', '{port}'],
      ...(data ? { env: { DATA_DIR: data } } : {}),
      port: portFrom(machine.env.PORT, free),
      ready: '/health',
      // It loads models in the event loop that answers.
      hungAfterMs: 300_000,
      startTimeoutMs: 900_000,
      graceMs: 30_000,
    });
  },
};
