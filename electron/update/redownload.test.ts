/** A download that was damaged or removed after it had been checked, and one that is wanted again. */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { createService } from '../testing/update-service.ts';

const image = 'the new app';

it.each([
  ['damaged', (file: string) => fs.writeFileSync(file, 'damaged')],
  ['removed', (file: string) => fs.rmSync(file)],
])(
  '%s after its check, it is not installed, and Retry downloads it again [R25]',
  async (_how, harm) => {
    const root = fs.mkdtempSync(path.join(tmpdir(), 'holdfast-redownload-'));
    const download = path.join(root, 'download');
    const service = createService({ root, download, image: image });
    try {
      await service.check();
      await service.download();
      expect(service.state().status).toBe('ready');
      harm(download);
      await service.install();
      expect(service.state()).toMatchObject({ status: 'failed', retry: 'download' });
      expect(fs.readFileSync(path.join(root, 'Holdfast.AppImage'), 'utf8')).toBe('old app');
      await service.retry();
      expect(service.state().status).toBe('ready');
      expect(fs.readFileSync(download, 'utf8')).toBe(image);
    } finally {
      service.close();
      fs.rmSync(root, { recursive: true, force: true });
    }
  },
);

it('Try again, after an update was undone, fetches its version up to where the user decides', async () => {
  const root = fs.mkdtempSync(path.join(tmpdir(), 'holdfast-again-'));
  const download = path.join(root, 'download');
  const service = createService({ root, download, image });
  try {
    // An update that was undone left this app as it was started.
    expect(service.state().status).toBe('idle');
    await service.retry();
    expect(service.state()).toMatchObject({ status: 'ready', version: '1.1.0' });
    fs.rmSync(download);
    await service.retry();
    expect(service.state().status).toBe('ready');
    expect(fs.existsSync(download)).toBe(false);
  } finally {
    service.close();
    fs.rmSync(root, { recursive: true, force: true });
  }
});
