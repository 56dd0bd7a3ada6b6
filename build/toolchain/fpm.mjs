#!/usr/bin/env node
/**
 * Stands in for fpm, the packager that electron-builder calls for a deb, on machines that cannot
 * download it. Understands exactly the options that electron-builder 26 passes, refuses any other,
 * and lets Debian's own dpkg-deb do the work.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Options with a value that we use. */
const known = new Set([
  '-s',
  '-t',
  '--architecture',
  '--after-install',
  '--after-remove',
  '--before-remove',
  '--description',
  '--version',
  '--package',
  '--name',
  '--maintainer',
  '--vendor',
  '--url',
  '--category',
  '--deb-priority',
  '--deb-compression',
  '--license',
  '--iteration',
  '--log',
]);
/** Options with a value that may come several times. */
const repeated = new Set(['-d', '--deb-recommends']);
/** Options without a value that change nothing here. */
const ignored = new Set(['--force', '--debug', '--verbose']);

/**
 * @typedef {object} Order
 * @property {Map<string, string>} options
 * @property {Map<string, string[]>} lists
 * @property {[from: string, to: string][]} contents
 */

/** @param {readonly string[]} words @returns {Order} */
function parse(words) {
  /** @type {Order} */
  const order = { options: new Map(), lists: new Map(), contents: [] };
  // `--option=value`, as electron-builder.yml has it.
  const rest = words.flatMap((word) => /^(--[a-z-]+)=(.*)$/.exec(word)?.slice(1) ?? word);
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (ignored.has(word)) continue;
    if (known.has(word)) order.options.set(word, rest.shift() ?? '');
    else if (repeated.has(word)) {
      order.lists.set(word, [...(order.lists.get(word) ?? []), rest.shift() ?? '']);
    } else if (word.startsWith('-')) throw new Error(`the option ${word} is not supported`);
    else {
      const [from = '', to = ''] = word.split('=');
      order.contents.push([from, to]);
    }
  }
  return order;
}

/** @param {Order} order @param {string} tree @param {number} kilobytes */
function control({ options, lists }, tree, kilobytes) {
  const iteration = options.get('--iteration');
  const [summary, ...details] = (options.get('--description') ?? 'Holdfast').split('\n');
  const fields = {
    Package: options.get('--name'),
    Version: `${options.get('--version')}${iteration ? `-${iteration}` : ''}`,
    License: options.get('--license'),
    Vendor: options.get('--vendor'),
    Architecture: options.get('--architecture'),
    Maintainer: options.get('--maintainer'),
    'Installed-Size': String(kilobytes),
    Depends: lists.get('-d')?.join(', '),
    Recommends: lists.get('--deb-recommends')?.join(', '),
    Section: options.get('--category') ?? 'default',
    Priority: options.get('--deb-priority') ?? 'optional',
    Homepage: options.get('--url'),
    // A continued line starts with a blank, and an empty one is a dot.
    Description: [summary, ...details.map((line) => ` ${line.trim() || '.'}`)].join('\n'),
  };
  const lines = Object.entries(fields).filter(([, value]) => value);
  writeFileSync(
    path.join(tree, 'DEBIAN/control'),
    lines.map(([name, value]) => `${name}: ${value}\n`).join(''),
  );
}

/** @param {Order} order */
function buildDeb(order) {
  const tree = mkdtempSync(path.join(os.tmpdir(), 'holdfast-deb-'));
  try {
    for (const [from, to] of order.contents) {
      const target = path.join(tree, to);
      mkdirSync(path.dirname(target), { recursive: true });
      cpSync(from, target, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
    }
    execFileSync('chmod', ['-R', 'u+rwX,go+rX,go-w', tree]);
    const kilobytes = Number(
      execFileSync('du', ['-sk', tree], { encoding: 'utf8' }).split('\t')[0],
    );
    mkdirSync(path.join(tree, 'DEBIAN'), { mode: 0o755 });
    control(order, tree, kilobytes);
    for (const [option, name] of [
      ['--after-install', 'postinst'],
      ['--after-remove', 'postrm'],
      ['--before-remove', 'prerm'],
    ]) {
      const script = order.options.get(option ?? '');
      if (!script) continue;
      const target = path.join(tree, 'DEBIAN', name ?? '');
      copyFileSync(script, target);
      chmodSync(target, 0o755);
    }
    const compression = order.options.get('--deb-compression') ?? 'xz';
    const output = order.options.get('--package') ?? 'out.deb';
    const method = compression === 'gz' ? 'gzip' : compression;
    execFileSync('dpkg-deb', ['--root-owner-group', `-Z${method}`, '-b', tree, output], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}

try {
  const order = parse(process.argv.slice(2));
  const kind = order.options.get('-t');
  if (kind !== 'deb') throw new Error(`only a deb can be built here, not ${kind}`);
  buildDeb(order);
} catch (error) {
  process.stderr.write(`fpm stand-in: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
