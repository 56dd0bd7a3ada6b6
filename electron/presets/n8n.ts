/** n8n: `/healthz` says that it is up. Asked to stop, it waits 30 s for running work. */
import type { Preset } from './preset.ts';
import { findServer, portFrom } from './server.ts';

const defaultPort = 5678;
/** Its own limit, and time for its clean-up. */
const graceMs = 45_000;

export const n8n: Preset = {
  id: 'n8n',
  name: 'n8n',
  about: 'n8n, workflows that run by themselves.',
  find(machine) {
    const { N8N_PORT: port, N8N_USER_FOLDER: folder } = machine.env;
    return findServer(machine, {
      id: 'n8n',
      name: 'n8n',
      command: 'n8n',
      args: ['start'],
      env: { N8N_PORT: '{port}', ...(folder ? { N8N_USER_FOLDER: folder } : {}) },
      port: portFrom(port, defaultPort),
      ready: '/healthz',
      // A new version migrates its database first.
      startTimeoutMs: 600_000,
      graceMs,
    });
  },
};
