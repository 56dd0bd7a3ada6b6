/**
 * The scenes of the gallery: they look as before, and axe finds nothing in them. `npm run screenshots` takes the
 * pictures anew, when they are meant to look different.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { scenes } from '../renderer/gallery/scenes.ts';
import { accessibilityFindings } from './support/accessibility.ts';
import { projectRoot } from './support/desktop-app.ts';
import {
  fontOfPictures,
  type Gallery,
  galleryPictures,
  openGallery,
  takePictures,
} from './support/gallery.ts';

const known = join(projectRoot, 'e2e/gallery');
const taken = join(process.env.HOLDFAST_RESULTS ?? 'test-results', 'gallery');
/** Of all pixels; text is drawn a little differently from one processor to the next. */
const maxDiffPixelRatio = 0.002;

let gallery: Gallery | undefined;
test.beforeAll(async () => {
  gallery = await openGallery();
});
test.afterAll(() => gallery?.close());

test('the scenes of the gallery look as they did', async () => {
  const knownFont = readFileSync(join(known, 'font.txt'), 'utf8').trim();
  test.skip(knownFont !== fontOfPictures(), 'The pictures were taken with another font.');
  if (gallery) await takePictures(gallery, taken);
  for (const { file } of galleryPictures) {
    expect.soft(existsSync(join(known, file)), `${file} is known`).toBe(true);
    expect.soft(readFileSync(join(taken, file))).toMatchSnapshot(file, { maxDiffPixelRatio });
  }
});

test('axe finds nothing in any scene of the gallery, in light and dark [U41]', async () => {
  test.setTimeout(300_000);
  if (!gallery) throw new Error('The gallery did not open.');
  const { page } = gallery;
  // Else the colours are on their way from one theme to the other.
  await page.emulateMedia({ reducedMotion: 'reduce' });
  for (const name of Object.keys(scenes(0))) {
    await gallery.show(name, 'light');
    expect.soft(await accessibilityFindings(page), `${name}, light`).toEqual([]);
    await page.evaluate(() => document.documentElement.setAttribute('data-theme', 'dark'));
    // The same elements, in other colours.
    expect.soft(await accessibilityFindings(page, ['color-contrast']), `${name}, dark`).toEqual([]);
  }
});
