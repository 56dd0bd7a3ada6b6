/**
 * The tools that act, on gateways that were granted to agents. An agent may live in the gateway that it
 * restarts, and then ends with it, and this program too: the watcher gets such an order with a delay, and
 * the answer comes before that is over.
 */
import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import * as z from 'zod/mini';
import { type AgentOrder, agentRefusal, longestDelayMs } from '../../contract/agents.ts';
import type { StateFolder } from '../../files/state-folder.ts';
import { loadProfiles } from '../../gateway/profiles/profiles.ts';
import type { Link } from '../../link/types.ts';
import { systemClock, within } from '../../process/index.ts';
import type { StageSource } from '../../staging/staging.ts';
import { changeJson, jsonOf } from '../as-json.ts';
import { viewOf } from '../describe.ts';
import { type Known, pickGateways } from '../gateway-names.ts';
import { settled } from '../settled.ts';
import { survey } from '../survey.ts';
import { ownSource, withWatcher } from '../watcher-link.ts';
import { gatewayField } from './look-tools.ts';
import { isWithin } from './own-gateway.ts';
import { keptVoice, toolAnswer } from './tool-answer.ts';

/** Clients give up after a minute. */
const patienceMs = 50_000;
/** For the agent to write down what it was answered. */
const usualDelaySeconds = 5;

const about: Readonly<Record<AgentOrder, string>> = {
  start: 'Starts a gateway and keeps it running.',
  stop: 'Stops a gateway and leaves it stopped.',
  restart: 'Stops a gateway and starts it again.',
  update: 'Brings a gateway to its newest version; when that fails, the old one comes back.',
};

const granted =
  'Only for gateways whose user has allowed it to agents; else the answer says how to allow it.';

export function addActTools(
  server: McpServer,
  state: StateFolder,
  source: StageSource = ownSource(),
): void {
  const delay = z.optional(
    z
      .int()
      .check(
        z.gte(1),
        z.lte(longestDelayMs / 1_000),
        z.describe(
          `of the gateway that you run in: in how many seconds it is done, and you end; else ${usualDelaySeconds}`,
        ),
      ),
  );
  for (const order of ['start', 'stop', 'restart', 'update'] as const) {
    server.registerTool(
      order,
      {
        description: `${about[order]} ${granted}`,
        inputSchema: { gateway: gatewayField, after_seconds: delay },
        annotations: { destructiveHint: order !== 'start', openWorldHint: false },
      },
      ({ gateway, after_seconds = usualDelaySeconds }) =>
        toolAnswer(state, () => act(state, source, order, gateway, after_seconds * 1_000)),
    );
  }
}

async function act(
  state: StateFolder,
  source: StageSource,
  order: AgentOrder,
  word: string,
  delayMs: number,
): Promise<string> {
  const [known] = await pickGateways(state, [word]);
  if (!known) throw new Error(`There is no gateway called "${word}".`);
  // Before a watcher is started for it; the watcher asks the same.
  const profile = loadProfiles(state.profiles).profiles.find(({ id }) => id === known.id);
  const refusal = profile ? agentRefusal(profile, order) : null;
  if (refusal !== null) throw new Error(refusal);
  const { voice } = keptVoice();
  return withWatcher({ state, voice, source }, (link) =>
    order !== 'start' && isWithin(viewOf(link, known.id))
      ? handOver(state, link, order, known, delayMs)
      : carryOut(state, link, order, known),
  );
}

/** The watcher does it once the answer has arrived, whatever becomes of this program. */
async function handOver(
  state: StateFolder,
  link: Link,
  order: AgentOrder,
  { id, name }: Known,
  delayMs: number,
): Promise<string> {
  await link.client.call('agent.order', { id, order, afterMs: delayMs });
  const message = `You run in ${name}, so you end with it. Holdfast’s background service has the order and carries it out in ${delayMs / 1_000} s, without you. How it went is told to you when you connect again, and by the tools “status” and “events”.`;
  return jsonOf(state, { command: order, handedOver: true, id, afterMs: delayMs, message });
}

async function carryOut(
  state: StateFolder,
  link: Link,
  order: AgentOrder,
  { id, name }: Known,
): Promise<string> {
  const { voice, outcomes } = keptVoice();
  const done = await within(systemClock, patienceMs, async () => {
    await link.client.call('agent.order', { id, order, afterMs: 0 });
    if (order === 'start' || order === 'restart') await settled(link, state, id, voice);
    else voice.report?.({ id, name, done: true, message: null });
    return true;
  });
  const late = { id, name, done: false, message: 'It is still under way: ask “status” later.' };
  const { rows } = await survey(state);
  return changeJson(state, order, done === 'late' ? [late] : outcomes, rows);
}
