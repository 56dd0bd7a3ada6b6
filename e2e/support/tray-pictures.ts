/** Which of Holdfast's pictures the tray shows: compared point by point, decoded by Chromium. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';
import type { TrayIcon } from '../../electron/tray/tray-model.ts';
import { projectRoot } from './desktop-app.ts';
import type { Picture, TrayHost } from './tray-host.ts';

const names: readonly TrayIcon[] = ['running', 'attention', 'stopped', 'updating'];
/** The width of the smaller of its two sizes; which one a panel gets is Chromium's choice. */
const small = 22;
/** On the way to the tray colours are multiplied by their opacity and back: each may be off by this. */
const rounding = 3;

/** What a lost line is tried again in, and more. */
const timeoutMs = 30_000;

/** Waits until `tray` shows the picture with this name; `page` is any page of Chromium's. */
export async function expectPicture(page: Page, tray: TrayHost, name: TrayIcon): Promise<void> {
  await expect.poll(() => shownPicture(page, tray), { timeout: timeoutMs }).toBe(name);
}

/** The name of the picture that is shown now; undefined for another one, or none. */
async function shownPicture(page: Page, tray: TrayHost): Promise<TrayIcon | undefined> {
  const shown = await tray.picture();
  if (!shown) return undefined;
  const suffix = shown.width === small ? '' : '@2x';
  for (const name of names) {
    const file = readFileSync(join(projectRoot, 'build/tray', `${name}${suffix}.png`));
    if (isSame(shown, await page.evaluate(decode, file.toString('base64')))) return name;
  }
  return undefined;
}

/** `points` of the drawing: red, green, blue, alpha. */
function isSame(shown: Picture, drawn: { width: number; height: number; points: number[] }) {
  if (shown.width !== drawn.width || shown.height !== drawn.height) return false;
  for (let at = 0; at < drawn.points.length; at += 4) {
    const [alpha = 0, ...colours] = shown.points.subarray(at, at + 4);
    const [red = 0, green = 0, blue = 0, opacity = 0] = drawn.points.slice(at, at + 4);
    if (alpha !== opacity) return false;
    // The colour counts as much as the pixel is opaque.
    const most = alpha === 0 ? 255 : rounding + Math.ceil(255 / alpha);
    if ([red, green, blue].some((one, index) => Math.abs(one - (colours[index] ?? 0)) > most)) {
      return false;
    }
  }
  return true;
}

/** In the page. */
async function decode(
  base64: string,
): Promise<{ width: number; height: number; points: number[] }> {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
  const { width, height } = image;
  const context = new OffscreenCanvas(width, height).getContext('2d');
  if (!context) throw new Error('nothing to draw on');
  context.drawImage(image, 0, 0);
  return { width, height, points: [...context.getImageData(0, 0, width, height).data] };
}
