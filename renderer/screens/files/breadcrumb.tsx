/** The way from the synced folder down to the shown one; each step is a button. */
import { ChevronRight } from 'lucide-react';
import type { RootStatus } from '../../../shared/api/contract.ts';
import { say } from '../../../shared/words/words.ts';
import { useApp, useRoute, useStatus } from '../../app/app-context.tsx';
import styles from './breadcrumb.module.css';

export function Breadcrumb({ root }: { readonly root: RootStatus | null }) {
  const { route } = useApp();
  const folder = useRoute((state) => state.folder);
  const roots = useStatus((state) => state.status?.roots.length ?? 0);
  const steps = folder === '' || root === null ? [] : folder.split('/');
  const places = [
    { name: root?.name ?? say('activity.allFolders'), folder: '' },
    ...steps.map((name, at) => ({ name, folder: steps.slice(0, at + 1).join('/') })),
  ];
  return (
    <nav aria-label={say('files.path')} className={styles['path']}>
      <ol className={styles['steps']}>
        {places.map((place, at) => (
          <li key={place.folder} className={styles['step']}>
            {at > 0 && <ChevronRight size={14} aria-hidden="true" className={styles['arrow']} />}
            {at === places.length - 1
              ? <span aria-current="location" className={styles['here']} title={place.folder}>{at === 0 && roots > 1 && root !== null ? <RootChoice root={root} /> : place.name}</span>
              : <button type="button" className={styles['link']} onClick={() => route.go({ folder: place.folder, search: '', entry: null })}>{place.name}</button>}
          </li>
        ))}
      </ol>
    </nav>
  );
}

/** With several synced folders the first step is also the way to another one (the tree is not there on small windows). */
function RootChoice({ root }: { readonly root: RootStatus }) {
  const { route } = useApp();
  const roots = useStatus((state) => state.status?.roots);
  return (
    <select className={styles['choice']} aria-label={say('files.folder')} value={root.id} onChange={(event) => route.go({ rootId: event.currentTarget.value, folder: '', search: '', entry: null })}>
      {roots?.map((each) => <option key={each.id} value={each.id}>{each.name}</option>)}
    </select>
  );
}
