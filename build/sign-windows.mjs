/**
 * Signs a program for Windows on Linux, by Debian's osslsigncode: electron-builder calls it for each program that it
 * packs, and for the Setup program. scripts/lib/windows-signing.mjs says what the environment holds.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** @param {{ path: string, hash: string, cscInfo: { file: string, password: string | null } }} task of electron-builder */
export async function sign({ path: file, hash, cscInfo }) {
  // It asks for one with SHA-1 too, which Windows has not taken for years.
  if (hash !== 'sha256') return;
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-sign-'));
  try {
    const password = path.join(folder, 'password');
    writeFileSync(password, cscInfo.password ?? '', { mode: 0o600 });
    const signed = `${file}.signed`;
    const time = process.env.HOLDFAST_TIMESTAMP_URL;
    await run('osslsigncode', [
      ...['sign', '-pkcs12', cscInfo.file, '-readpass', password, '-h', 'sha256'],
      ...['-n', 'Holdfast', ...(time ? ['-ts', time] : []), '-in', file, '-out', signed],
    ]);
    renameSync(signed, file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  await mustNamePublisher(file);
}

/** Installed copies would refuse it otherwise, each of them. @param {string} file */
async function mustNamePublisher(file) {
  const names = (process.env.HOLDFAST_PUBLISHERS ?? '').split(';').filter(Boolean);
  // It ends with an error where it does not know who issued the certificate; what it printed counts.
  const said = await run('osslsigncode', ['verify', '-in', file]).catch((error) => error);
  const name = /Signer #0:\s+Subject: .*?CN ?= ?([^/\n]*)/.exec(
    `${said.stdout}${said.stderr}`,
  )?.[1];
  if (name === undefined || !names.includes(name.trim())) {
    throw new Error(
      `The certificate is that of “${name ?? 'nobody'}”, but HOLDFAST_PUBLISHERS says ${names.join(' or ')}.`,
    );
  }
}
