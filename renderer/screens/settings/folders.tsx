/** The synced folders and their places: pause, look at the place, new keys, stop syncing, add another. */
import { Suspense, useState } from 'react';
import type { RootStatus } from '../../../shared/api/contract.ts';
import { say } from '../../../shared/words/words.ts';
import { useApp, useStatus } from '../../app/app-context.tsx';
import { Button } from '../../components/button.tsx';
import { lazyPart } from '../../components/lazy-part.tsx';
import panel from '../../components/panel.module.css';
import { ReasonNote } from '../../components/reason-note.tsx';
import { formatBytes } from '../../format/bytes.ts';
import styles from './settings.module.css';

const ChosenSheet = lazyPart(() => import('./chosen-sheet.tsx').then((module) => ({ default: module.ChosenSheet })));
const DoctorSheet = lazyPart(() => import('./doctor-sheet.tsx').then((module) => ({ default: module.DoctorSheet })));
const KeysSheet = lazyPart(() => import('./keys-sheet.tsx').then((module) => ({ default: module.KeysSheet })));
const RemoveSheet = lazyPart(() => import('./remove-sheet.tsx').then((module) => ({ default: module.RemoveSheet })));

export function Folders() {
  const { route } = useApp();
  const roots = useStatus((state) => state.status?.roots);
  return (
    <div className={panel['stack']}>
      {roots?.length === 0 && <p className={panel['quiet']}>{say('settings.noFolders')}</p>}
      <ul className={styles['roots']}>{roots?.map((root) => <RootItem key={root.id} root={root} />)}</ul>
      <div><Button onClick={() => route.go({ screen: 'addFolder', folder: '' })}>{say('settings.addFolder')}</Button></div>
    </div>
  );
}

function RootItem({ root }: { readonly root: RootStatus }) {
  const app = useApp();
  const [open, setOpen] = useState<'chosen' | 'doctor' | 'keys' | 'remove' | null>(null);
  const close = (): void => setOpen(null);
  const { id: rootId, name } = root;
  const pauseOrResume = (): void => void app.act(root.paused ? 'resumeRoot' : 'pauseRoot', { rootId }, null);
  return (
    <li className={styles['root']}>
      <div className={styles['rootHead']}>
        <h3>{name}</h3>
        <p className={styles['rootFacts']}>{say('settings.folderFiles', { count: root.files, bytes: formatBytes(root.bytes) })}</p>
      </div>
      <p className={styles['where']}>{say('settings.folderIn', { folder: root.folder, place: root.place })}</p>
      {root.reason !== null && <ReasonNote reason={root.reason} rootId={rootId} entryKey={null} tone="alert" />}
      <div className={panel['row']}>
        <Button aria-label={say(root.paused ? 'settings.resumeFolder' : 'settings.pauseFolder', { name })} onClick={pauseOrResume}>{say(root.paused ? 'do.resume' : 'do.pause')}</Button>
        <Button aria-label={say('chosen.openNamed', { name })} onClick={() => setOpen('chosen')}>{say('chosen.open')}</Button>
        <Button aria-label={say('settings.doctorNamed', { name })} onClick={() => setOpen('doctor')}>{say('settings.doctor')}</Button>
        {root.placeKind === 's3' && root.reason?.fix !== 'enterKeys' && <Button aria-label={say('settings.enterKeysNamed', { name })} onClick={() => setOpen('keys')}>{say('settings.enterKeys')}</Button>}
        <Button look="plain" aria-label={say('settings.removeFolderNamed', { name })} onClick={() => setOpen('remove')}>{say('settings.removeFolder')}</Button>
      </div>
      <Suspense fallback={null}>
        {open === 'chosen' && <ChosenSheet rootId={rootId} name={name} onClose={close} />}
        {open === 'doctor' && <DoctorSheet rootId={rootId} place={root.place} onClose={close} />}
        {open === 'keys' && <KeysSheet rootId={rootId} onClose={close} />}
        {open === 'remove' && <RemoveSheet root={root} onClose={close} />}
      </Suspense>
    </li>
  );
}
