/** What an image does when it is told to unpack itself: it puts its stage into the present folder. */
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

function copyFolder(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) copyFolder(source, target);
    else copyFileSync(source, target);
  }
}

const stage = fileURLToPath(new URL('stage', import.meta.url));
copyFolder(stage, path.join('squashfs-root', 'resources', 'holdfast-stage'));
