/**
 * Step one on a bare clone: the packages named in package-lock.json, installed when they changed.
 * Uses nothing but Node 20 and npm.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { bundledNode, root } from './paths.mjs';
import { run } from './run.mjs';
import { Problem, say } from './say.mjs';

/** The oldest Node that can run these scripts and npm's current lock file. */
const oldestNode = [20, 19];

/** Remembers, inside node_modules, which lock file it was installed from. */
const stamp = path.join(root, 'node_modules', '.holdfast-lock');

/** Makes sure that node_modules matches the lock file; takes a few milliseconds when it does. */
export async function ensureInstalled() {
  checkNode();
  const lock = createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .update(`${process.platform}-${process.arch}`)
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock && existsSync(bundledNode)) return;

  say('installing packages (npm ci) ...');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const code = await run(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    shell: process.platform === 'win32',
  });
  if (code !== 0) {
    throw new Problem('npm ci failed. Its message is above; check the connection to the registry.');
  }
  if (!existsSync(bundledNode)) {
    throw new Problem(
      `The package node-${process.platform}-${process.arch} did not install, so there is no Node ` +
        'runtime for the watcher. Holdfast builds on x64 and arm64 Linux and macOS and x64 Windows; ' +
        'run npm ci without --omit=optional.',
    );
  }
  writeFileSync(stamp, lock);
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [wantMajor = 0, wantMinor = 0] = oldestNode;
  if (major > wantMajor || (major === wantMajor && minor >= wantMinor)) return;
  throw new Problem(
    `This is Node ${process.versions.node}; Holdfast needs ${oldestNode.join('.')} or newer to ` +
      'set itself up. Get it from https://nodejs.org/ or your distribution.',
  );
}
