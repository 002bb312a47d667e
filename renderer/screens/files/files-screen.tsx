/** Files: where you are, search and filters, the list, and the details of one entry at the side. */
import { Suspense, useCallback, useEffect, useState } from 'react';
import { say } from '../../../shared/words/words.ts';
import { useApp, useRoute, useView } from '../../app/app-context.tsx';
import { useShortcuts } from '../../app/ui-context.tsx';
import { lazyPart } from '../../components/lazy-part.tsx';
import { ReasonNote } from '../../components/reason-note.tsx';
import { fileName, folderOf } from '../../format/middle-cut.ts';
import { Breadcrumb } from './breadcrumb.tsx';
import { FileGrid } from './file-grid.tsx';
import { FilesEmpty } from './files-empty.tsx';
import { FilesToolbar } from './files-toolbar.tsx';
import styles from './files-screen.module.css';
import { SelectionBar } from './selection-bar.tsx';
import { useShownRoot } from './shown-root.ts';

const Inspector = lazyPart(() => import('./inspector.tsx').then((module) => ({ default: module.Inspector })));

export function FilesScreen() {
  const { route } = useApp();
  const root = useShownRoot();
  const everywhere = useRoute((state) => state.rootId === '*');
  const [inspecting, setInspecting] = useState(() => window.matchMedia('(min-width: 1280px)').matches);
  const count = useView((state) => state.count);
  const problem = useView((state) => state.problem);
  const folder = useRoute((state) => state.folder);
  const searching = useRoute((state) => state.search !== '');
  const toggleInspector = useCallback(() => setInspecting((open) => !open), []);
  const openInspector = useCallback(() => setInspecting(true), []);
  useOpenedView(root?.id ?? null, everywhere);
  useShownEntry();
  useShortcuts([
    { keys: 'Mod+I', inFields: true, run: toggleInspector },
    { keys: 'Alt+ArrowUp', run: () => route.go({ folder: folderOf(route.getState().folder) }) },
  ]);
  return (
    <div className={styles['files']} data-inspecting={inspecting}>
      <div className={styles['main']}>
        <h1 className="visually-hidden">{say('files.title')}</h1>
        <div className={styles['top']}>
          <Breadcrumb root={everywhere ? null : root} />
          <FilesToolbar inspecting={inspecting} onInspect={toggleInspector} />
        </div>
        {root?.kind === 'folderStopped' && root.reason !== null && !everywhere && <div className={styles['banner']}><ReasonNote reason={root.reason} rootId={root.id} entryKey={null} tone="alert" /></div>}
        {problem !== null && <p className={styles['banner']} role="note">{problem.noAnswer ? say('headline.serviceStopped') : problem.message}</p>}
        <div className={styles['list']}>
          {count === 0
            ? <FilesEmpty root={root} />
            : <FileGrid label={say('files.grid', { folder: folder === '' ? root?.name ?? '' : fileName(folder) })} showFolder={searching} onDetails={openInspector} />}
        </div>
        <SelectionBar />
      </div>
      {inspecting && (
        <aside className={styles['side']} aria-label={say('inspector.title')}>
          <Suspense fallback={null}><Inspector onClose={toggleInspector} /></Suspense>
        </aside>
      )}
    </div>
  );
}

/** Opens the list that the address asks for. */
function useOpenedView(rootId: string | null, everywhere: boolean): void {
  const { view } = useApp();
  const folder = useRoute((state) => state.folder);
  const search = useRoute((state) => state.search);
  const state = useRoute((route) => route.state);
  const tier = useRoute((route) => route.tier);
  const sort = useRoute((route) => route.sort);
  const descending = useRoute((route) => route.descending);
  useEffect(() => {
    if (rootId === null) return;
    void view.open({ rootId: everywhere ? null : rootId, folder: everywhere ? '' : folder, search, states: state === null ? [] : [state], tiers: tier === null ? [] : [tier], sort, descending });
  }, [view, rootId, everywhere, folder, search, state, tier, sort, descending]);
}

/** Puts the focus on the entry a link asked for, once its list is open. */
function useShownEntry(): void {
  const { view } = useApp();
  const entry = useRoute((state) => state.entry);
  const viewId = useView((state) => state.viewId);
  useEffect(() => {
    if (entry === null || viewId === null) return;
    void view.find(fileName(entry), -1).then((rank) => {
      if (rank !== null && view.getState().viewId === viewId) view.focus(rank);
    }, () => undefined);
  }, [view, entry, viewId]);
}
