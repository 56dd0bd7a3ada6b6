/** A line to a watcher that answers as a test says, and images that unpack: for tests of the app's updates. */
import path from 'node:path';
import * as z from 'zod/mini';
import { type WatcherState, watcherContract } from '../contract/watcher-contract.ts';
import { manifestHash, type Stage } from '../staging/staged.ts';
import type { UpdateLink } from '../update/types.ts';

/** What an image does that is asked to unpack its stage. */
export const imageBytes = `#!/bin/sh
[ "$1" = --appimage-extract ] || exit 9
stage=squashfs-root/resources/holdfast-stage
mkdir -p $stage/watcher $stage/runtime
printf '%s' '{"schema":1,"buildId":"VERSION+new","version":"VERSION","files":{}}' > $stage/watcher/manifest.json
echo node > $stage/runtime/watcher-node
`;

interface Script {
  readonly watcher: () => WatcherState;
  readonly listeners: Set<() => void>;
  /** Gets the name of every call. */
  readonly calls: string[];
  /** The answer to a call; undefined: nothing. Rejects or throws where the watcher refuses. */
  readonly answer: (name: string) => unknown;
  /** The folder of what is staged; the first to be staged is the new version, the next one the old. */
  readonly staged: string;
}

export function scriptedLink({ watcher, listeners, calls, answer, staged }: Script): UpdateLink {
  let stages = 0;
  return {
    state: () => ({ status: 'connected', watcher: watcher().watcher }),
    watcher,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    client: {
      async call(name) {
        calls.push(name);
        const { output } = watcherContract.calls[name];
        // Each answer is of the type that its own schema gives.
        return z.parse(output, (await answer(name)) ?? null) as never;
      },
      on: () => () => undefined,
    },
    async stageFrom(): Promise<Stage> {
      stages += 1;
      const buildId = stages === 1 ? '1.1.0+new' : '1.0.0+old';
      const manifest = { schema: 1 as const, buildId, version: '1', files: {} };
      return {
        bundle: path.join(staged, `bundle-${manifestHash(manifest)}`),
        runtime: path.join(staged, 'runtime-0123456789abcdef', 'watcher-node'),
        buildId,
      };
    },
  };
}
