/** In the first run: which folders of the place come onto this computer, and how much stays there. */
import { useMemo, useState } from 'react';
import type { OutputOf } from '../../../shared/api/contract.ts';
import { isHere, type FolderChoice } from '../../../shared/model/chosen-folders.ts';
import { say } from '../../../shared/words/words.ts';
import { Button } from '../../components/button.tsx';
import { FolderChoiceTree, type ChoiceFolder } from '../../components/folder-choice.tsx';
import panel from '../../components/panel.module.css';
import { formatBytes } from '../../format/bytes.ts';

type Folders = OutputOf<'previewRoot'>['folders'];

export function ChosenStep({ folders, choices, onChange }: { readonly folders: Folders; readonly choices: readonly FolderChoice[]; readonly onChange: (choices: readonly FolderChoice[]) => void }) {
  const inside = useMemo(() => childrenOf(folders), [folders]);
  const [open, setOpen] = useState(false);
  const left = bytesLeft(folders, choices);
  return (
    <div className={panel['stack']}>
      <div className={panel['row']}><Button aria-expanded={open} onClick={() => setOpen(!open)}>{say('chosen.choose')}</Button></div>
      {open && (
        <>
          <p className={panel['quiet']}>{say('chosen.hint')}</p>
          <FolderChoiceTree choices={choices} onChange={onChange} inside={(folder) => inside.get(folder)} />
        </>
      )}
      {left > 0 && <p>{say('chosen.stays', { bytes: formatBytes(left) })}</p>}
    </div>
  );
}

function childrenOf(folders: Folders): ReadonlyMap<string, readonly ChoiceFolder[]> {
  const parents = new Set(folders.map((folder) => parentOf(folder.path)));
  const inside = new Map<string, ChoiceFolder[]>([['', []]]);
  for (const { path, bytes } of folders) {
    const parent = parentOf(path);
    const list = inside.get(parent) ?? [];
    list.push({ path, name: path.slice(path.lastIndexOf('/') + 1), bytes, hasFolders: parents.has(path) });
    inside.set(parent, list);
  }
  return inside;
}
function parentOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}

/** A folder left there counts with all below it, less what in it is kept after all. */
export function bytesLeft(folders: Folders, choices: readonly FolderChoice[]): number {
  const sizes = new Map(folders.map((folder) => [folder.path, folder.bytes]));
  let sum = 0;
  for (const { path, bytes } of folders) {
    const above = parentOf(path);
    const [here, aboveHere] = [isHere(choices, path), above === '' ? true : isHere(choices, above)];
    if (here === aboveHere) continue;
    sum += here ? -Math.min(bytes, sizes.get(above) ?? 0) : bytes;
  }
  return Math.max(0, sum);
}
