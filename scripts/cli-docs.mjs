#!/usr/bin/env node
/**
 * `node scripts/cli-docs.mjs`: writes what the commands understand into docs/cli.md, from their table, and the schemas of
 * their JSON into docs/schemas/, and the manual page.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { manualPage } from '../electron/cli/manual.ts';
import { schemaFiles, withReference } from '../electron/cli/reference.ts';
import { root } from './lib/paths.mjs';

const page = path.join(root, 'docs', 'cli.md');
writeFileSync(page, withReference(readFileSync(page, 'utf8')));
const schemas = path.join(root, 'docs', 'schemas');
mkdirSync(schemas, { recursive: true });
writeFileSync(path.join(root, 'docs', 'holdfast.1'), manualPage());
for (const [name, text] of schemaFiles()) writeFileSync(path.join(schemas, name), text);
