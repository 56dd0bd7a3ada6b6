/**
 * `holdfast mcp`: what agents may see of gateways and do with them, by the Model Context Protocol over
 * standard input and output. It ends with its input, once what was asked is answered.
 */
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { appVersion } from '../../contract/build-info.ts';
import { cliExit } from '../../contract/exit-codes.ts';
import type { StateFolder } from '../../files/state-folder.ts';
import { survey } from '../survey.ts';
import { addActTools } from './act-tools.ts';
import { addLookTools } from './look-tools.ts';
import { followCalls } from './open-calls.ts';
import { isWithin, sinceLastOrder } from './own-gateway.ts';

export async function mcp(state: StateFolder): Promise<number> {
  const server = new McpServer(
    { name: 'holdfast', version: appVersion },
    { instructions: await instructions(state) },
  );
  addLookTools(server, state);
  addActTools(server, state);
  const ended = new Promise<void>((resolve) => {
    server.server.onclose = resolve;
  });
  const transport = new StdioServerTransport();
  await server.connect(transport);
  const calls = followCalls(transport);
  process.stdin.once('end', () => void calls.answered().then(() => server.close()));
  await ended;
  return cliExit.ok;
}

/** What an agent reads first; in a gateway that was just restarted for it, also how that went. */
async function instructions(state: StateFolder): Promise<string> {
  const general =
    'Holdfast keeps gateways (long-running background servers) running. The tools list, status, logs, events, analyze and doctor only look. start, stop, restart and update work on gateways whose user has allowed it to agents.';
  const { rows } = await survey(state);
  const own = rows.find(({ view }) => view !== null && isWithin(view));
  if (!own) return general;
  const here = `You run in the gateway ${own.name} (id ${own.id}). If you stop, restart or update it, you end with it: you are answered before, and Holdfast does it without you.`;
  const since = sinceLastOrder(state, own.id, Date.now());
  const became =
    since === null
      ? []
      : [`An agent asked for that lately. ${own.name} is: ${own.words}. ${since}`];
  return [general, here, ...became].join('\n\n');
}
