/** Broken, one row of docs/faults.md each: what is found on a machine, and proposed. */
import type { Mutant } from './types.ts';

const servers = 'electron/presets/servers.test.ts';

export const presetRows: readonly Mutant[] = [
  {
    name: 'litellm-asked-at-a-price',
    harm: 'LiteLLM is asked at an address that calls every model behind it, and is never ready.',
    file: 'electron/presets/litellm.ts',
    find: "ready: '/health/liveliness'",
    replace: "ready: '/health'",
    guard: { file: servers, name: 'finds its program and runs it until it is healthy' },
  },
  {
    name: 'openclaw-end-is-a-crash',
    harm: 'OpenClaw ends in order to be started again, and that is counted and slowed as a crash.',
    file: 'electron/presets/openclaw.ts',
    find: 'restart: [0, 75]',
    replace: 'restart: [75]',
    guard: {
      file: servers,
      name: 'that exits in order to be started again is started again, without counting a crash',
    },
  },
  {
    name: 'openclaw-port-of-its-hooks',
    harm: 'The port of OpenClaw’s hooks is taken for the gateway’s, which is never ready.',
    file: 'electron/presets/openclaw.ts',
    find: "fieldOf(settings, 'gateway.port')",
    replace: "fieldOf(settings, 'hooks.port')",
    guard: {
      file: 'electron/presets/presets.test.ts',
      name: 'are read as JSON5, and another part’s port is not taken for the gateway’s',
    },
  },
  {
    name: 'served-profile-offered',
    harm: 'A profile that Hermes’ default gateway serves is offered, and Hermes refuses to run it.',
    file: 'electron/presets/hermes.ts',
    find: 'setting === undefined ? hostServes(machine, root, name) : isOn(setting)',
    replace: 'setting === undefined ? hostServes(machine, root, name) : false',
    guard: {
      file: 'electron/presets/hermes-preset.test.ts',
      name: 'offers a named profile, or names it as served, when it is switched on',
    },
  },
  {
    name: 'any-answer-is-health',
    harm: 'An address that answers 404 is proposed as the health check of a gateway.',
    file: 'electron/gateway/health/suggestion.ts',
    find: "answer.type === 'answer' && answer.status < 300",
    replace: "answer.type === 'answer'",
    guard: {
      file: 'electron/gateway/health/suggestion.test.ts',
      name: 'that health check is suggested for a server that answers /healthz',
    },
  },
  {
    name: 'hermes-profile-used-last',
    harm: 'Hermes’ default gateway runs as the profile that was used last.',
    file: 'electron/presets/hermes.ts',
    find: "['--profile', name ?? 'default']",
    replace: "name === null ? [] : ['--profile', name]",
    guard: {
      file: 'electron/presets/hermes.test.ts',
      name: 'runs as its default profile, whichever was used last',
    },
  },
];
