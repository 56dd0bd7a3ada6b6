#!/usr/bin/env node
/** `node scripts/cli-docs.mjs`: writes what the commands understand into docs/cli.md, from their table. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withReference } from '../electron/cli/reference.ts';
import { root } from './lib/paths.mjs';

const page = path.join(root, 'docs', 'cli.md');
writeFileSync(page, withReference(readFileSync(page, 'utf8')));
