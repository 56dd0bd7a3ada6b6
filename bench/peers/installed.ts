/** Which supervisors `scripts/lib/peers.mjs` could fetch, and where they lie. */
import * as z from 'zod/mini';

const foundSchema = z.union([
  z.object({ folder: z.string(), version: z.string() }),
  z.object({ problem: z.string() }),
]);
const installedSchema = z.object({
  daemontools: foundSchema,
  runit: foundSchema,
  s6: foundSchema,
  supervisor: foundSchema,
  pm2: foundSchema,
});

/** A folder and a version, or why it is not there. */
export type Found = z.infer<typeof foundSchema>;
export type Installed = z.infer<typeof installedSchema>;

/** @throws when run otherwise than by `npm run bench:supervisors` */
export function installedPeers(): Installed {
  const said = process.env.HOLDFAST_PEERS;
  if (!said) throw new Error('HOLDFAST_PEERS names no supervisors: use npm run bench:supervisors.');
  return installedSchema.parse(JSON.parse(said));
}

/** Where usr/bin/systemd-socket-activate lies. @throws when run otherwise than by `npm run bench:listen` */
export function installedSocketActivate(): Found {
  const said = process.env.HOLDFAST_SOCKET_ACTIVATE;
  if (!said) throw new Error('HOLDFAST_SOCKET_ACTIVATE is not set: use npm run bench:listen.');
  return foundSchema.parse(JSON.parse(said));
}

/** The version, as far as there is one. */
export function versionOf(found: Found): string {
  return 'version' in found ? found.version : '';
}

/** The folder. Throws with the reason when there is none. */
export function folderOf(found: Found): string {
  if ('problem' in found) throw new Error(found.problem);
  return found.folder;
}
