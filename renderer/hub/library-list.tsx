/** The list of a member's folder: only the rows in sight are in the page, further files are read as one gets near them. */
import { ArrowDown, ArrowUp, Check, File, Folder } from 'lucide-react';
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent, type MouseEvent } from 'react';
import { flushSync } from 'react-dom';
import { say } from '../../shared/words/words.ts';
import { useUi } from '../app/ui-context.tsx';
import { CutName } from '../components/cut-name.tsx';
import { TierBadge } from '../components/tier-badge.tsx';
import { formatBytes } from '../format/bytes.ts';
import { formatExactly, formatWhen } from '../format/time.ts';
import gridStyles from '../screens/files/file-grid.module.css';
import { gridAction } from '../screens/files/grid-keys.ts';
import { ranksAt, rowTopPx, scrollTopShowing, spacerPx, type ScrollShape } from '../screens/files/grid-scroll.ts';
import { useHub, useHubRoute, useLibrary } from './hub-context.tsx';
import { isSearching, type LibrarySort } from './hub-route.ts';
import type { LibraryAction } from './library-actions.tsx';
import type { LibraryItem } from './library-store.ts';
import styles from './library-list.module.css';

export interface LibraryListProps {
  readonly onOpen: (item: LibraryItem) => void;
  readonly onAction: (action: LibraryAction, items: readonly LibraryItem[]) => void;
}
const nearEnd = 40;

export function LibraryList({ onOpen, onAction }: LibraryListProps) {
  const { library } = useHub();
  const folder = useHubRoute((state) => state.folder);
  const searching = useHubRoute(isSearching);
  const items = useLibrary((state) => state.items);
  const cursor = useLibrary((state) => state.cursor);
  const selected = useLibrary((state) => state.selected);
  const focusRank = useLibrary((state) => state.focusRank);
  const scroller = useRef<HTMLDivElement>(null);
  const focusWanted = useRef(false);
  const [scrollTop, setScrollTop] = useState(0);
  const { rowPx, viewportPx } = useRowMeasure(scroller);
  const shape: ScrollShape = { count: items?.length ?? 12, rowPx, viewportPx };
  const { from, to } = ranksAt(scrollTop, shape);
  useEffect(() => {
    if (items !== null && cursor !== null && to >= items.length - nearEnd) void library.more();
  }, [library, items, cursor, to]);
  useLayoutEffect(() => {
    if (!focusWanted.current) return;
    focusWanted.current = false;
    scroller.current?.querySelector<HTMLElement>(`[data-rank="${focusRank}"]`)?.focus({ preventScroll: true });
  }, [focusRank, scrollTop]);
  const onKeyDown = useGridKeys({ shape, scroller, focusWanted, onOpen, onAction });
  const ranks = Array.from({ length: to - from }, (_, at) => from + at);
  // The focused row stays mounted out of sight, or the focus would fall to the body.
  if (items !== null && focusRank < items.length && (focusRank < from || focusRank >= to)) ranks.push(focusRank);
  return (
    <div role="grid" aria-label={say('files.grid', { folder: folder === '' ? say('hub.files.home') : folder })} aria-rowcount={items === null || cursor !== null ? -1 : items.length + 1} aria-colcount={4} aria-multiselectable="true" aria-busy={items === null} className={`${gridStyles['grid'] ?? ''} ${styles['grid'] ?? ''}`} onKeyDown={onKeyDown}>
      <Head />
      <div role="rowgroup" className={gridStyles['scroller']} ref={scroller} onScroll={(event) => {
        const top = event.currentTarget.scrollTop;
        flushSync(() => setScrollTop(top));
      }}>
        <div role="presentation" className={gridStyles['spacer']} style={{ height: `${spacerPx(shape)}px` }}>
          {ranks.map((rank) => <Row key={rank} rank={rank} item={items?.[rank]} topPx={rowTopPx(rank, scrollTop, shape)} focused={rank === focusRank} selected={items?.[rank] !== undefined && selected.has(items[rank].key)} searching={searching} onOpen={onOpen} />)}
        </div>
      </div>
    </div>
  );
}

function useGridKeys({ shape, scroller, focusWanted, onOpen, onAction }: LibraryListProps & { readonly shape: ScrollShape; readonly scroller: { readonly current: HTMLDivElement | null }; readonly focusWanted: { current: boolean } }): (event: KeyboardEvent) => void {
  const { library } = useHub();
  const { mac } = useUi();
  const focus = useCallback((rank: number, extend: boolean): void => {
    focusWanted.current = true;
    library.focus(rank, extend);
    const element = scroller.current;
    if (element !== null) element.scrollTop = scrollTopShowing(rank, element.scrollTop, shape);
  }, [library, scroller, focusWanted, shape]);
  return (event) => {
    if (!(event.target instanceof HTMLElement) || event.target.closest('[role=row]') === null || event.target.tagName === 'BUTTON') return;
    const { items, focusRank, selected } = library.getState();
    const item = items?.[focusRank];
    if (items === null) return;
    const chosen = selected.size > 0 ? items.filter((each) => selected.has(each.key)) : item === undefined ? [] : [item];
    if (event.key === 'Delete' || event.key === 'F2') {
      event.preventDefault();
      if (chosen.length > 0) onAction(event.key === 'F2' ? 'rename' : 'delete', event.key === 'F2' ? chosen.slice(0, 1) : chosen);
      return;
    }
    const action = gridAction(event, { focusRank, count: items.length, rowsOnPage: Math.max(1, Math.floor(shape.viewportPx / shape.rowPx) - 1), mac });
    if (action === null || action.kind === 'details' || action.kind === 'parent') return;
    event.preventDefault();
    if (action.kind === 'focus') focus(action.rank, action.extend);
    if (action.kind === 'toggle' && item !== undefined) library.select(toggled(selected, item.key));
    if (action.kind === 'all') library.select(new Set(items.map(({ key }) => key)));
    if (action.kind === 'clear') library.select(new Set());
    if (action.kind === 'open' && item !== undefined) onOpen(item);
    if (action.kind === 'type') {
      const letter = action.letter.toLowerCase();
      const found = [...items.slice(focusRank + 1), ...items.slice(0, focusRank + 1)].find((each) => each.name.toLowerCase().startsWith(letter));
      if (found !== undefined) focus(items.indexOf(found), false);
    }
  };
}

function toggled(selected: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(selected);
  if (!next.delete(key)) next.add(key);
  return next;
}

function Row({ item, rank, topPx, focused, selected, searching, onOpen }: { readonly item: LibraryItem | undefined; readonly rank: number; readonly topPx: number; readonly focused: boolean; readonly selected: boolean; readonly searching: boolean; readonly onOpen: (item: LibraryItem) => void }) {
  const { library } = useHub();
  const onClick = (event: MouseEvent): void => {
    if (item === undefined) return;
    library.focus(rank, event.shiftKey);
    if (event.ctrlKey || event.metaKey) library.select(toggled(library.getState().selected, item.key));
    // One touch opens a folder where there is no second click.
    else if (item.kind === 'folder' && window.matchMedia('(pointer: coarse)').matches) onOpen(item);
  };
  return (
    <div role="row" aria-rowindex={rank + 2} tabIndex={focused ? 0 : -1} data-rank={rank} className={gridStyles['row']} style={{ transform: `translateY(${topPx}px)` }} {...(item === undefined ? { 'aria-busy': true } : { 'aria-selected': selected })}
      onClick={onClick} onDoubleClick={() => item !== undefined && onOpen(item)}>
      {item === undefined ? <div role="gridcell" className={gridStyles['name']}><span className={gridStyles['bar']} /></div> : <Cells item={item} selected={selected} searching={searching} />}
    </div>
  );
}

function Cells({ item, selected, searching }: { readonly item: LibraryItem; readonly selected: boolean; readonly searching: boolean }) {
  const { library } = useHub();
  const { now } = useUi();
  const Icon = item.kind === 'folder' ? Folder : File;
  return (
    <>
      <div role="gridcell" className={gridStyles['name']}>
        <span className={gridStyles['tick']} aria-hidden="true" onClick={(event) => {
          event.stopPropagation();
          library.select(toggled(library.getState().selected, item.key));
        }}>{selected && <Check size={12} strokeWidth={3} />}</span>
        <Icon size={16} strokeWidth={1.75} aria-hidden="true" className={gridStyles['kind']} />
        <CutName name={item.name} title={item.name} />
        {searching && item.kind === 'file' && item.folder !== '' && <span className={gridStyles['in']}>{item.folder}</span>}
      </div>
      <div role="gridcell" className={styles['where']}>{item.kind === 'file' ? <TierBadge tier={item.location === 's3' ? 'cold' : 'warm'} /> : <span className={styles['inside']}>{say('hub.files.inside', { files: item.files })}</span>}</div>
      <div role="gridcell" className={gridStyles['size']}>{formatBytes(item.bytes)}</div>
      <div role="gridcell" className={gridStyles['changed']} title={item.kind === 'file' ? formatExactly(item.atMs) : ''}>{item.kind === 'file' ? formatWhen(item.atMs, now()) : ''}</div>
    </>
  );
}

const columns: readonly { readonly word: 'files.name' | 'files.where' | 'files.size' | 'hub.files.uploaded'; readonly sort: LibrarySort | null; readonly style: string | undefined }[] = [
  { word: 'files.name', sort: 'name', style: gridStyles['name'] },
  { word: 'files.where', sort: null, style: styles['where'] },
  { word: 'files.size', sort: 'size', style: gridStyles['size'] },
  { word: 'hub.files.uploaded', sort: 'newest', style: gridStyles['changed'] },
];

function Head() {
  const { route } = useHub();
  const sort = useHubRoute((state) => state.sort);
  const descending = useHubRoute((state) => state.descending);
  return (
    <div role="rowgroup" className={gridStyles['head']}>
      <div role="row" aria-rowindex={1} className={gridStyles['headRow']}>
        {columns.map((column) => {
          const by = column.sort;
          if (by === null) return <div key={column.word} role="columnheader" className={column.style}>{say(column.word)}</div>;
          const current = by === sort;
          // "Newest first" is a falling time.
          const falls = by === 'newest' ? !descending : descending;
          const Arrow = falls ? ArrowDown : ArrowUp;
          return (
            <div key={column.word} role="columnheader" aria-sort={current ? (falls ? 'descending' : 'ascending') : 'none'} className={column.style}>
              <button type="button" className={gridStyles['sort']} onClick={() => route.go({ sort: by, descending: current ? !descending : false }, 'replace')}>{say(column.word)}{current && <Arrow size={12} aria-hidden="true" />}</button>
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** Row height from the token table (it differs for touch) and the height that is seen. */
function useRowMeasure(scroller: { readonly current: HTMLDivElement | null }): { rowPx: number; viewportPx: number } {
  const [measure, setMeasure] = useState({ rowPx: 36, viewportPx: 0 });
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const look = (): void => setMeasure({ rowPx: Number.parseInt(getComputedStyle(element).getPropertyValue('--row'), 10) || 36, viewportPx: element.clientHeight });
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => observer.disconnect();
  }, [scroller]);
  return measure;
}
