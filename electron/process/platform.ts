/** Chooses the operating system's implementation. Loading one costs nothing until it is used. */
import { darwin } from './darwin/platform.ts';
import { linux } from './linux/platform.ts';
import type { Platform } from './platform-interface.ts';
import { windows } from './windows/platform.ts';

function choose(): Platform {
  if (process.platform === 'win32') return windows;
  if (process.platform === 'darwin') return darwin;
  return linux;
}

export const platform: Platform = choose();
