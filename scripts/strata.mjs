#!/usr/bin/env node
/** `npx strata …`: the command line on the project's own Node; without a word it prints what it can do. */
if (process.argv.length === 2) process.argv.push('--help');
await import('./start.mjs');
