/**
 * LiteLLM: `/health/liveliness` says that it is up. `/health` is never asked: it calls every model behind
 * it, which costs money.
 */
import type { Preset } from './preset.ts';
import { findServer } from './server.ts';

const defaultPort = 4000;

export const litellm: Preset = {
  id: 'litellm',
  name: 'LiteLLM',
  about: 'LiteLLM, one address for many models.',
  find(machine) {
    const { env, home } = machine;
    const config = [
      env.CONFIG_FILE_PATH ?? '',
      `${home}/litellm_config.yaml`,
      `${home}/litellm/config.yaml`,
      `${home}/.config/litellm/config.yaml`,
    ].find((file) => file !== '' && machine.isFile(file));
    return findServer(
      machine,
      {
        id: 'litellm',
        name: 'LiteLLM',
        command: 'litellm',
        args: [
          ...(config === undefined ? [] : ['--config', config]),
          '--host',
          '127.0.0.1',
          '--port',
          '{port}',
        ],
        port: defaultPort,
        ready: '/health/liveliness',
        hungAfterMs: 60_000,
        startTimeoutMs: 300_000,
        graceMs: 30_000,
      },
      config === undefined ? 'No configuration was found: it starts without models.' : '',
    );
  },
};
