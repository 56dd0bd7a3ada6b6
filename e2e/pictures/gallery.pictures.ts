/** The pictures that `e2e/gallery.spec.ts` compares with: taken anew by `npm run screenshots`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from '@playwright/test';
import { fontOfPictures, openGallery, takePictures } from '../support/gallery.ts';

test('the scenes of the gallery', async () => {
  test.setTimeout(120_000);
  const folder = join(process.env.HOLDFAST_RESULTS ?? 'test-results', 'pictures/gallery');
  const gallery = await openGallery();
  await takePictures(gallery, folder);
  writeFileSync(join(folder, 'font.txt'), `${fontOfPictures()}\n`);
  await gallery.close();
});
