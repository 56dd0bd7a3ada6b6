/** The kinds of gateways that can be added, as the watcher finds them. */
import { useCallback, useEffect, useState } from 'react';
import type { AppState } from '../../electron/contract/app-contract.ts';
import type { PresetView } from '../../electron/contract/presets.ts';
import { sentenceOf } from '../bridge.ts';
import { useApp, useHoldfast } from './hooks.ts';

export type Offer = PresetView['found'][number];

interface Presets {
  /** Null until they are known. */
  readonly presets: readonly PresetView[] | null;
  /** Why they are not; null when they are, or are on their way. */
  readonly error: string | null;
  readonly reload: () => void;
}

/** Asks when the component appears, and again when the watcher is back. */
export function usePresets(): Presets {
  const { ask } = useHoldfast();
  const connected = useApp(({ link }) => link.status === 'connected');
  const [presets, setPresets] = useState<readonly PresetView[] | null>(null);
  const [error, setError] = useState<string | null>(null);
  const reload = useCallback(() => {
    setError(null);
    ask('preset.list', null).then(setPresets, (reason: unknown) => setError(sentenceOf(reason)));
  }, [ask]);
  useEffect(() => {
    if (connected) reload();
  }, [connected, reload]);
  return { presets, error, reload };
}

/** Gateways that were found and are not looked after yet. */
export function newOffers(
  presets: readonly PresetView[],
  gateways: AppState['gateways'],
): readonly Offer[] {
  return presets
    .flatMap(({ found }) => found)
    .filter(({ profile }) => !Object.hasOwn(gateways, profile.id));
}
