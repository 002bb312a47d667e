/** A folder keeps a bucket's promises, and its own: a person sees plain files, and foreign changes are noticed. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../base/clock.ts';
import { describeStore } from '../testing/store-conformance.ts';
import { createFolderStore } from './folder-store.ts';

describeStore('folder store', async () => {
  const path = await mkdtemp(join(tmpdir(), 'strata-folder-'));
  return {
    store: createFolderStore({ path, clock: systemClock }),
    other: createFolderStore({ path, clock: systemClock }),
    close: () => rm(path, { recursive: true, force: true }),
  };
});
