// @vitest-environment jsdom
/** What axe-core finds in the scenes of the gallery, but for what needs a real layout: contrast. */
import { cleanup, render, screen } from '@testing-library/react';
import axe from 'axe-core';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { App } from '../app.tsx';
import { createHoldfast, type Holdfast } from '../store/holdfast.ts';
import { createMockBridge } from '../test/mock-bridge.ts';
import { prepareDocument } from '../test/window.tsx';
import { sceneHandlers } from './scene-handlers.ts';
import { scenes } from './scenes.ts';

const now = Date.now();
const all = Object.entries(scenes(now)).flatMap(([name, { state, view }]) =>
  state ? [{ name, state, view }] : [],
);

let opened: Holdfast | null = null;
beforeAll(prepareDocument);
afterEach(() => {
  cleanup();
  opened?.close();
});

test.each(all)(
  'axe finds nothing in the scene $name [U41]',
  async ({ state, view }) => {
    opened = createHoldfast(createMockBridge(state, sceneHandlers(now, true)));
    opened.open(view);
    render(<App holdfast={opened} />);
    await screen.findByTestId('window');
    const { violations } = await axe.run(document.body, {
      rules: { 'color-contrast': { enabled: false } },
    });
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  },
  20_000,
);
