/** All words of window, tray, menus and notices. English is the source: every other language has its shape. */
import type { en } from './en/index.ts';

export type Words = typeof en;
