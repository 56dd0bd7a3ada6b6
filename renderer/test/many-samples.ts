/** Many gateways in many states, for home and the sidebar. */
import type { AppState } from '../../electron/contract/app-contract.ts';
import type { GatewayView } from '../../electron/contract/gateway.ts';
import { reporting } from './add-samples.ts';
import { gateway, gatewayStates, hour, identity, minute } from './samples.ts';
import { versioned } from './version-samples.ts';

const names = [
  'Hermes (work)',
  'OpenClaw',
  'Open WebUI',
  'LiteLLM proxy',
  'Home automation hub',
  'n8n',
  '方舟',
  'Ollama',
  'Postgres for the bots',
  'A gateway whose name is a good deal longer than its card is wide, as some are',
  'Metrics',
  'Mail bridge',
] as const;

/** `count` of them: some with a problem when there are more than two, one with a newer version. */
export function manyGateways(now: number, count: number): AppState['gateways'] {
  const all = Array.from({ length: count }, (_, n) => nth(now, n));
  return Object.fromEntries(all.map((view) => [view.id, view]));
}

function nth(now: number, n: number): GatewayView {
  const states = gatewayStates(now);
  const round = Math.floor(n / names.length);
  const name = `${names[n % names.length]}${round === 0 ? '' : ` ${round + 1}`}`;
  const same = { id: `gateway-${n}`, name, port: 18_700 + n };
  const startedAt = now - (n + 1) * 7 * hour - n * 11 * minute;
  if (n === 2) return { ...states.waiting, ...same };
  if (n === 3) return { ...reporting(now), ...same };
  if (n === 4) return { ...states.failed, ...same };
  if (n === 5) return { ...versioned(now), ...same };
  if (n % 9 === 6) return { ...states.stopped, ...same };
  if (n % 11 === 7) return { ...states.external, ...same };
  if (n === 8) return { ...states.starting, ...same };
  const state = {
    status: 'running',
    identity: identity(4_000 + n),
    startedAt,
    adopted: false,
    readyAt: startedAt + 300,
    proof: n % 3 === 0 ? 'healthy' : 'alive',
  } as const;
  return { ...gateway(now, { state }), ...same, restarts: n % 5 === 1 ? 2 : 0 };
}
