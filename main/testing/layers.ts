/** Design §6 as data: which layer may import which, and the one home of every library that reaches outside. */

/** `types` may be imported by `import type` only. */
export interface LayerRule {
  readonly may: readonly string[];
  readonly types?: readonly string[];
  readonly why: string;
}
const hubTypes = 'the hub’s own subjects stand on base and the ports they declare, so that each can be tested alone';

export const layers: Readonly<Record<string, LayerRule>> = {
  shared: { may: [], why: 'shared is what page and service both carry; anything of one of them would leak into the other' },
  base: { may: ['shared'], why: 'base has no domain; everything stands on it' },
  sync: { may: ['shared', 'base'], why: 'the engine meets the world only through ports.ts, so that a test can own all of it' },
  tiers: { may: ['shared', 'base', 'sync'], why: 'tiers move objects by the engine’s ports, nothing else' },
  local: { may: ['shared', 'base'], types: ['sync'], why: 'an adapter knows the port it implements and no other adapter' },
  remote: { may: ['shared', 'base'], types: ['sync'], why: 'an adapter knows the port it implements and no other adapter' },
  database: { may: ['shared', 'base'], types: ['sync', 'accounts', 'library'], why: 'an adapter knows the port it implements and no other adapter' },
  secrets: { may: ['shared', 'base'], why: 'keys are nobody’s business but the wiring’s' },
  accounts: { may: ['shared', 'base'], why: hubTypes },
  library: { may: ['shared', 'base'], types: ['sync'], why: hubTypes },
  conversations: { may: ['shared', 'base'], why: hubTypes },
  media: { may: ['shared', 'base'], why: hubTypes },
  app: { may: ['shared', 'base', 'sync', 'tiers', 'accounts', 'library', 'conversations', 'media'], why: 'use-cases speak to ports; adapters come in from compose.ts' },
  server: { may: ['shared', 'base', 'app'], why: 'the door passes on commands and knows nothing of how they are done' },
  electron: { may: ['shared', 'base'], why: 'the shell is thin: everything else is asked of the service' },
  preload: { may: ['shared'], why: 'the preload runs beside the page and must stay small' },
  renderer: { may: ['shared'], why: 'the page talks to the service like any browser' },
  top: { may: ['*'], why: '' },
  testing: { may: ['*'], why: '' },
  scripts: { may: [], why: 'scripts run before anything is installed' },
  e2e: { may: ['*'], why: '' },
  bench: { may: ['*'], why: '' },
};

/** A library, the places that may import it, and what is lost otherwise. `type` imports are free. */
export interface LibraryHome {
  readonly library: RegExp;
  readonly homes: readonly string[];
  readonly why: string;
}
export const libraryHomes: readonly LibraryHome[] = [
  { library: /^electron$/, homes: ['main/electron/', 'preload/'], why: 'everything else must run on plain Node and in a browser' },
  { library: /^(@aws-sdk\/|@smithy\/|minio$)/, homes: ['main/remote/'], why: 'the code asks the store’s profile, never a vendor’s library' },
  { library: /^(better-sqlite3|kysely(\/.*)?|pg)$/, homes: ['main/database/'], why: 'transactions and their rules are kept in one place' },
  { library: /^chokidar$/, homes: ['main/local/watcher.ts'], why: 'what it says is a hint, and only the watcher knows how to take it' },
  { library: /^(fastify|@fastify\/.*|socket\.io)$/, homes: ['main/server/'], why: 'there is one door, with one set of checks' },
  { library: /^socket\.io-client$/, homes: ['renderer/api/', 'renderer/app/', 'main/electron/'], why: 'page and tray each have one client; nobody else listens' },
  { library: /^@tus\/server$/, homes: ['main/server/'], why: 'the protocol of uploads ends at the door; behind it there are commands' },
  { library: /^tus-js-client$/, homes: ['renderer/hub/resume.ts'], why: 'it is loaded with the first large file and not before' },
  { library: /^pino$/, homes: ['main/base/logger.ts'], why: 'only this log scrubs secrets' },
  { library: /^keytar$/, homes: ['main/secrets/'], why: 'the import throws where there is no keychain; only its adapter is ready for that' },
  { library: /^(node:)?fs(\/promises)?$/, homes: ['main/local/', 'main/remote/', 'main/database/', 'main/secrets/', 'main/base/logger.ts', 'main/electron/small-files.ts', 'scripts/'], why: 'who writes files must be one of the few that check links, sync and clean up' },
  { library: /^(jose|bcrypt|nodemailer)$/, homes: ['main/accounts/'], why: 'sign-in has one place' },
  { library: /^file-type$/, homes: ['main/library/'], why: 'what a file is gets decided by its bytes, in one place' },
  { library: /^prom-client$/, homes: ['main/server/'], why: 'figures are counted where requests come in' },
  { library: /^croner$/, homes: ['main/tiers/'], why: 'one schedule, one place' },
  { library: /^(react|react-dom)(\/.*)?$|^zustand(\/.*)?$/, homes: ['renderer/'], why: 'only the page draws' },
  { library: /^@?playwright(\/test)?$/, homes: ['e2e/', 'scripts/', 'bench/'], why: 'browsers are driven only by tests' },
];

/** Named literally in package.json because they were asked for by name; each must be used where it belongs. */
export const namedLibraries: readonly { readonly name: string; readonly usedIn: RegExp; readonly by: RegExp }[] = [
  { name: 'electron', usedIn: /^(main\/electron|preload)\//, by: /^electron$/ },
  { name: 'electron-builder', usedIn: /^(scripts\/|electron-builder\.)/, by: /electron-builder/ },
  { name: 'chokidar', usedIn: /^main\/local\/watcher\.ts$/, by: /^chokidar$/ },
  { name: 'better-sqlite3', usedIn: /^main\/database\//, by: /^better-sqlite3$/ },
  { name: '@aws-sdk/client-s3', usedIn: /^main\/remote\//, by: /^@aws-sdk\/client-s3$/ },
  { name: 'minio', usedIn: /^main\/remote\//, by: /^minio$/ },
  { name: 'keytar', usedIn: /^main\/secrets\//, by: /^keytar$/ },
  { name: 'react', usedIn: /^renderer\//, by: /^react$/ },
  { name: 'zustand', usedIn: /^renderer\//, by: /^zustand(\/|$)/ },
  { name: 'playwright', usedIn: /^(e2e|scripts)\//, by: /playwright/ },
];
