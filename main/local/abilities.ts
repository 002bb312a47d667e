/** What a disk can do, found by doing it in Strata's own folder and never by the disk's name. */
import type { DiskAbilities } from '../sync/ports.ts';
import { lstatOrNull } from './containment.ts';
import { ownFolder, type RootContext } from './root-context.ts';
import { ownedFolder, unlinkIfThere } from './strata-folder.ts';

export async function probeAbilities(context: RootContext): Promise<DiskAbilities> {
  const folder = await ownedFolder(context, ownFolder);
  // A lower-case name with a composed accent; asked for again in upper case, and decomposed.
  const name = `probe-é-${context.newId()}`;
  const path = `${folder}/${name}`;
  const handle = await context.calls.open(path, 'create');
  try {
    let holdsExecutable = false;
    if (context.platform !== 'win32') {
      await handle.setExecutable(false);
      const before = (await context.calls.lstat(path)).executable;
      await handle.setExecutable(true);
      holdsExecutable = !before && (await context.calls.lstat(path)).executable;
    }
    return {
      foldsCase: (await lstatOrNull(context, `${folder}/${name.replace('probe', 'PROBE')}`)) !== null,
      foldsUnicode: (await lstatOrNull(context, `${folder}/${name.normalize('NFD')}`)) !== null,
      holdsExecutable,
    };
  } finally {
    await handle.close();
    await unlinkIfThere(context, path);
  }
}
