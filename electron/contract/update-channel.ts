/** The channels that releases come on, and the names of their feed files (`latest-linux.yml`, `beta-linux.yml`). */

export const updateChannels = ['stable', 'beta'] as const;
export type UpdateChannel = (typeof updateChannels)[number];

/** How electron-updater's feed files begin. */
const prefixes: Readonly<Record<UpdateChannel, string>> = { stable: 'latest', beta: 'beta' };

/** Whether `name` is a feed file of `channel`. */
export function isFeedOf(channel: UpdateChannel, name: string): boolean {
  return name.startsWith(prefixes[channel]) && name.endsWith('.yml');
}

/**
 * The feed files that a copy on `channel` looks at, by the stable one of its system. Who takes beta versions
 * takes stable ones too, whichever is newer.
 */
export function feedsOf(channel: UpdateChannel, stable: string): readonly string[] {
  const beta = stable.replace(prefixes.stable, prefixes.beta);
  return channel === 'beta' ? [stable, beta] : [stable];
}
