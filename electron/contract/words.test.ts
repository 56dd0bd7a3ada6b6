import { describe, expect, test } from 'vitest';
import { gateway, running } from '../testing/app-states.ts';
import type { GatewayReport, GatewayState } from './gateway.ts';
import { gatewayTone, isTroubled, partsNeed } from './words.ts';

type Part = GatewayReport['parts'][number];

const discord: Part = {
  name: 'discord',
  state: 'error',
  message: 'token refused. Make a new one.',
  attention: true,
};
const telegram: Part = { name: 'telegram', state: 'connected' };

function view(parts: Part[], state: GatewayState = running) {
  return { ...gateway('hermes', state), report: { parts } };
}

describe('the parts of a gateway that runs', () => {
  test.each<[string, Part[], string | null]>([
    ['all well', [telegram], null],
    ['one on its way', [telegram, { name: 'slack', state: 'reconnecting' }], null],
    ['one in error', [telegram, discord], 'Discord needs you: token refused'],
    ['one that only fails', [{ name: 'slack', state: 'failing' }], 'Slack needs you'],
    [
      'one that asks for the user in a word that is not known',
      [{ name: 'irc', state: 'waiting-for-login', attention: true }],
      'Irc needs you',
    ],
    ['two', [discord, { ...discord, name: 'slack' }], 'Discord and Slack need you'],
    ['four', Array.from({ length: 4 }, () => discord), '4 of its parts need you'],
  ])('%s', (_, parts, need) => {
    expect(partsNeed(view(parts))).toBe(need);
    expect(gatewayTone(view(parts))).toBe(need === null ? 'good' : 'warning');
    expect(isTroubled(view(parts))).toBe(need !== null);
  });

  test('say nothing once it is stopped', () => {
    const stopped = view([discord], { status: 'stopped' });
    expect(partsNeed(stopped)).toBeNull();
    expect(gatewayTone(stopped)).toBe('idle');
  });

  test('do not hide that it can’t start', () => {
    const failed = view([discord], { status: 'failed', problem: { message: 'x' } });
    expect(gatewayTone(failed)).toBe('bad');
  });
});
