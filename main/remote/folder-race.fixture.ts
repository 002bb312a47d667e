/** One of several processes that all try to replace the same versions in a folder store; prints which rounds it won. */
import { systemClock } from '../base/clock.ts';
import type { ETag, Sha256, StoreKey } from '../sync/ports.ts';
import { createFolderStore } from './folder-store.ts';
import { createHash } from 'node:crypto';

const [path = '', name = '', rounds = '0'] = process.argv.slice(2);
const store = createFolderStore({ path, clock: systemClock });
const base = `sha256-${createHash('sha256').update('base').digest('hex')}` as ETag;
const bytes = Buffer.from(name);
const won: number[] = [];
for (let round = 0; round < Number(rounds); round += 1) {
  const answer = await store.put(`race-${round}` as StoreKey, bytes, { ifMatch: base, sizeBytes: bytes.byteLength, sha256: createHash('sha256').update(bytes).digest('hex') as Sha256 });
  if (answer.ok) won.push(round);
}
console.log(JSON.stringify(won));
