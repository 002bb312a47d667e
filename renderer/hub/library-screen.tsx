/** A member's files: where one is, search, the list, what can be done with the selection, and details; files dropped anywhere are uploaded here. */
import { ChevronRight, FolderUp, PanelRight, Search, Upload, X } from 'lucide-react';
import { Suspense, useEffect, useRef, useState, type DragEvent, type ReactNode } from 'react';
import { say } from '../../shared/words/words.ts';
import { useShortcuts } from '../app/ui-context.tsx';
import { Button } from '../components/button.tsx';
import fieldStyles from '../components/field.module.css';
import { lazyPart } from '../components/lazy-part.tsx';
import panelStyles from '../components/panel.module.css';
import dropStyles from '../app/drop-target.module.css';
import breadcrumbStyles from '../screens/files/breadcrumb.module.css';
import filesStyles from '../screens/files/files-screen.module.css';
import toolbarStyles from '../screens/files/files-toolbar.module.css';
import { useHub, useHubRoute, useHubState, useLibrary } from './hub-context.tsx';
import { libraryKinds, type LibraryKind, type LibrarySort } from './hub-route.ts';
import { LibraryDetails } from './library-details.tsx';
import { LibraryList } from './library-list.tsx';
import { LibraryActions, type LibraryAction } from './library-actions.tsx';
import type { LibraryItem } from './library-store.ts';
import styles from './library-screen.module.css';
import { pickedFromDrop, pickedFromField } from './picked-files.ts';

const LibrarySheets = lazyPart(() => import('./library-sheets.tsx').then((module) => ({ default: module.LibrarySheets })));
export interface Asked { readonly action: LibraryAction; readonly items: readonly LibraryItem[] }

export function LibraryScreen() {
  const hub = useHub();
  const { route, library } = hub;
  const place = useHubRoute((state) => state);
  const mayWrite = useHubState((state) => state.member?.role !== 'guest');
  const [inspecting, setInspecting] = useState(false);
  const [asked, setAsked] = useState<Asked | null>(null);
  const problem = useLibrary((state) => state.problem);
  const trouble = problem === null ? null : problem.noAnswer ? say('hub.noAnswer') : problem.message;
  useEffect(() => {
    if (trouble !== null) hub.ui.announcer.alert(trouble);
  }, [hub, trouble]);
  useEffect(() => {
    void library.show(place);
  }, [library, place]);
  useShortcuts([{ keys: 'Alt+Enter', run: () => setInspecting(!inspecting) }, { keys: 'Alt+ArrowUp', run: () => route.go({ folder: place.folder.split('/').slice(0, -1).join('/'), search: '' }) }]);
  const onAction = (action: LibraryAction, items: readonly LibraryItem[]): void => {
    if (action === 'download') for (const item of items) void (item.kind === 'file' ? hub.download(item.id) : hub.downloadFolder(item.path));
    else if (action === 'delete') void hub.trash(items);
    else setAsked({ action, items });
  };
  return (
    <DropRoom folder={place.folder} enabled={mayWrite}>
      <div className={filesStyles['files']} data-inspecting={inspecting}>
        <div className={filesStyles['main']}>
          <div className={filesStyles['top']}>
            <div className={styles['where']}><Where folder={place.folder} />{mayWrite && <UploadButtons folder={place.folder} />}</div>
            <Tools inspecting={inspecting} onInspect={() => setInspecting(!inspecting)} />
          </div>
          {problem !== null && <div className={filesStyles['banner']}><span>{trouble}</span> <Button look="link" onClick={() => void library.reread()}>{say('do.tryNow')}</Button></div>}
          <div className={filesStyles['list']}><Contents onOpen={(item) => (item.kind === 'folder' ? route.go({ folder: item.path, search: '' }) : setInspecting(true))} onAction={onAction} /></div>
          <LibraryActions mayWrite={mayWrite} onAction={onAction} />
        </div>
        {inspecting && <aside className={filesStyles['side']} aria-label={say('files.details')}><LibraryDetails mayWrite={mayWrite} onAction={onAction} onClose={() => setInspecting(false)} /></aside>}
      </div>
      {asked !== null && <Suspense fallback={null}><LibrarySheets asked={asked} onClose={() => setAsked(null)} /></Suspense>}
    </DropRoom>
  );
}

function Contents({ onOpen, onAction }: { readonly onOpen: (item: LibraryItem) => void; readonly onAction: (action: LibraryAction, items: readonly LibraryItem[]) => void }) {
  const { route } = useHub();
  const count = useLibrary((state) => state.items?.length ?? null);
  const failed = useLibrary((state) => state.problem !== null);
  const search = useHubRoute((state) => state.search);
  const kind = useHubRoute((state) => state.kind);
  const folder = useHubRoute((state) => state.folder);
  if (count === 0 && kind !== '') {
    return (
      <div className={panelStyles['empty']}>
        <p>{say('hub.files.noneOfKind', { kind: say(`hub.files.kind.${kind}`) })}</p>
        <Button onClick={() => route.go({ kind: '' })}>{say('hub.files.allKinds')}</Button>
      </div>
    );
  }
  if (count === 0 && search !== '') {
    return (
      <div className={panelStyles['empty']}>
        <p>{say('files.none', { search })}</p>
        {folder === '' ? <Button onClick={() => route.go({ search: '' })}>{say('files.clearSearch')}</Button> : <Button onClick={() => route.go({ folder: '' })}>{say('files.searchAll')}</Button>}
      </div>
    );
  }
  if (count === 0) return <div className={panelStyles['empty']}><p>{say('hub.files.empty')}</p></div>;
  if (count === null && failed) return null;
  return <LibraryList onOpen={onOpen} onAction={onAction} />;
}

function Where({ folder }: { readonly folder: string }) {
  const { route } = useHub();
  const steps = folder === '' ? [] : folder.split('/');
  const places = [{ name: say('hub.files.home'), folder: '' }, ...steps.map((name, at) => ({ name, folder: steps.slice(0, at + 1).join('/') }))];
  return (
    <nav aria-label={say('files.path')} className={breadcrumbStyles['path']}>
      <ol className={breadcrumbStyles['steps']}>
        {places.map((place, at) => (
          <li key={place.folder} className={breadcrumbStyles['step']}>
            {at > 0 && <ChevronRight size={14} aria-hidden="true" className={breadcrumbStyles['arrow']} />}
            {at === places.length - 1
              ? <h1 className={breadcrumbStyles['here']} title={place.folder}>{place.name}</h1>
              : <button type="button" className={breadcrumbStyles['link']} onClick={() => route.go({ folder: place.folder, search: '' })}>{place.name}</button>}
          </li>
        ))}
      </ol>
    </nav>
  );
}

function UploadButtons({ folder }: { readonly folder: string }) {
  const { uploads } = useHub();
  const files = useRef<HTMLInputElement>(null);
  const tree = useRef<HTMLInputElement>(null);
  // React knows no such attribute; a field that lets one choose a whole folder is made by it alone.
  useEffect(() => tree.current?.setAttribute('webkitdirectory', ''), []);
  const take = (field: HTMLInputElement): void => {
    if (field.files !== null && field.files.length > 0) uploads.add(pickedFromField(field.files), folder);
    field.value = '';
  };
  return (
    <div className={styles['uploads']}>
      <input ref={files} type="file" multiple hidden aria-label={say('hub.files.upload')} onChange={(event) => take(event.currentTarget)} />
      <input ref={tree} type="file" multiple hidden aria-label={say('hub.files.uploadFolder')} onChange={(event) => take(event.currentTarget)} />
      <Button className={styles['wide']} onClick={() => tree.current?.click()}><FolderUp size={16} aria-hidden="true" />{say('hub.files.uploadFolder')}</Button>
      <Button look="primary" onClick={() => files.current?.click()}><Upload size={16} aria-hidden="true" />{say('hub.files.upload')}</Button>
    </div>
  );
}

const sorts = [['name', 'hub.files.byName'], ['size', 'hub.files.bySize'], ['newest', 'hub.files.byNewest']] as const;

function Tools({ inspecting, onInspect }: { readonly inspecting: boolean; readonly onInspect: () => void }) {
  const { route } = useHub();
  const sort = useHubRoute((state) => state.sort);
  const kind = useHubRoute((state) => state.kind);
  const count = useLibrary((state) => state.items?.length ?? null);
  const more = useLibrary((state) => state.cursor !== null);
  return (
    <div className={toolbarStyles['bar']}>
      <SearchField />
      <select className={fieldStyles['select']} aria-label={say('hub.files.kindOf')} value={kind} onChange={(event) => route.go({ kind: event.currentTarget.value as LibraryKind }, 'replace')}>
        {libraryKinds.map((name) => <option key={name} value={name}>{name === '' ? say('hub.files.allKinds') : say(`hub.files.kind.${name}`)}</option>)}
      </select>
      <select className={fieldStyles['select']} aria-label={say('hub.files.order')} value={sort} onChange={(event) => route.go({ sort: event.currentTarget.value as LibrarySort, descending: false }, 'replace')}>
        {sorts.map(([name, word]) => <option key={name} value={name}>{say(word)}</option>)}
      </select>
      <span className={toolbarStyles['count']}>{count === null ? '' : `${say('files.count', { count })}${more ? '+' : ''}`}</span>
      <Button look="icon" aria-pressed={inspecting} aria-label={say('files.details')} title={say('files.details')} onClick={onInspect}><PanelRight size={16} aria-hidden="true" /></Button>
    </div>
  );
}

const typingPauseMs = 200;
function SearchField() {
  const { route } = useHub();
  const search = useHubRoute((state) => state.search);
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(search);
  const sent = useRef(search);
  useEffect(() => {
    if (search === sent.current) return;
    sent.current = search;
    setText(search);
  }, [search]);
  useEffect(() => {
    if (text === sent.current) return undefined;
    const timer = setTimeout(() => {
      sent.current = text;
      route.go({ search: text }, 'replace');
    }, typingPauseMs);
    return () => clearTimeout(timer);
  }, [text, route]);
  const focusField = (): void => field.current?.select();
  useShortcuts([{ keys: '/', run: focusField }, { keys: 'Mod+F', inFields: true, run: focusField }]);
  return (
    <div className={toolbarStyles['search']} role="search">
      <Search size={16} aria-hidden="true" className={toolbarStyles['glass']} />
      <input ref={field} type="text" inputMode="search" className={toolbarStyles['field']} aria-label={say('hub.files.searchBelow')} placeholder={say('hub.files.searchBelow')} value={text} maxLength={200} spellCheck={false} autoComplete="off"
        onChange={(event) => setText(event.currentTarget.value)} onKeyDown={(event) => {
          if (event.key === 'Escape') setText('');
        }} />
      {text !== '' && <Button look="icon" className={toolbarStyles['clear']} aria-label={say('files.clearSearch')} onClick={() => {
        setText('');
        field.current?.focus();
      }}><X size={14} aria-hidden="true" /></Button>}
    </div>
  );
}

function DropRoom({ folder, enabled, children }: { readonly folder: string; readonly enabled: boolean; readonly children: ReactNode }) {
  const { uploads } = useHub();
  const [over, setOver] = useState(false);
  const carriesFiles = (event: DragEvent): boolean => enabled && event.dataTransfer.types.includes('Files');
  return (
    <div className={dropStyles['target']}
      onDragOver={(event) => {
        if (!carriesFiles(event)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={(event) => {
        if (event.relatedTarget === null || !event.currentTarget.contains(event.relatedTarget as Node)) setOver(false);
      }}
      onDrop={(event) => {
        if (!carriesFiles(event)) return;
        event.preventDefault();
        setOver(false);
        void pickedFromDrop(event.dataTransfer.items, event.dataTransfer.files).then((picked) => uploads.add(picked, folder));
      }}>
      {children}
      {over && <div className={dropStyles['veil']}><p>{say('hub.files.drop', { folder: folder === '' ? say('hub.files.home') : folder })}</p></div>}
    </div>
  );
}
