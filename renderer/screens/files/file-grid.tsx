/** The list of files: any number of rows, of which only those in sight (and the one with the focus) are in the page. */
import { ArrowDown, ArrowUp } from 'lucide-react';
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { say } from '../../../shared/words/words.ts';
import { useApp, useRoute, useView } from '../../app/app-context.tsx';
import type { SortBy } from '../../stores/route-store.ts';
import { isSelected } from '../../stores/selection.ts';
import styles from './file-grid.module.css';
import { GridRow } from './grid-row.tsx';
import { ranksAt, rowTopPx, scrollTopShowing, spacerPx, type ScrollShape } from './grid-scroll.ts';
import { useGridControl } from './use-grid-control.ts';

export function FileGrid({ label, showFolder, onDetails }: { readonly label: string; readonly showFolder: boolean; readonly onDetails: () => void }) {
  const { view } = useApp();
  const count = useView((state) => state.count);
  const viewId = useView((state) => state.viewId);
  const focusRank = useView((state) => state.focusRank);
  const selection = useView((state) => state.selection);
  useView((state) => state.revision);
  const scroller = useRef<HTMLDivElement>(null);
  const focusWanted = useRef(false);
  const [scrollTop, setScrollTop] = useState(0);
  const { rowPx, viewportPx } = useRowMeasure(scroller);
  const length = count ?? 30;
  const shape: ScrollShape = { count: length, rowPx, viewportPx };
  const latest = useRef(shape);
  useLayoutEffect(() => {
    latest.current = shape;
  });

  const onMoved = useCallback(() => {
    focusWanted.current = true;
    const element = scroller.current;
    if (element === null) return;
    const wanted = scrollTopShowing(view.getState().focusRank, element.scrollTop, latest.current);
    if (wanted !== element.scrollTop) element.scrollTop = wanted;
  }, [view]);
  const rowsOnPage = useCallback(() => Math.max(1, Math.floor(latest.current.viewportPx / latest.current.rowPx) - 1), []);
  const control = useGridControl({ rowsOnPage, onMoved, onDetails });

  const { from, to } = ranksAt(scrollTop, shape);
  useEffect(() => {
    if (viewId !== null && viewportPx > 0) view.show(from, to);
  }, [view, viewId, from, to, viewportPx, count]);
  useEffect(() => {
    if (scroller.current !== null) scroller.current.scrollTop = 0;
  }, [viewId]);
  useLayoutEffect(() => {
    if (!focusWanted.current) return;
    focusWanted.current = false;
    scroller.current?.querySelector<HTMLElement>(`[data-rank="${focusRank}"]`)?.focus({ preventScroll: true });
  }, [focusRank, scrollTop]);

  const ranks = Array.from({ length: to - from }, (_, at) => from + at);
  // The focused row stays mounted out of sight, or the focus would fall to the body.
  if (count !== null && focusRank < count && (focusRank < from || focusRank >= to)) ranks.push(focusRank);
  return (
    <div role="grid" aria-label={label} aria-rowcount={count === null ? -1 : count + 1} aria-colcount={5} aria-multiselectable="true" aria-busy={count === null} className={styles['grid']} onKeyDown={control.onKeyDown}>
      <GridHead />
      <div role="rowgroup" className={styles['scroller']} ref={scroller} onScroll={(event) => {
        const top = event.currentTarget.scrollTop;
        flushSync(() => setScrollTop(top));
      }}>
        <div role="presentation" className={styles['spacer']} style={{ height: `${spacerPx(shape)}px` }}>
          {ranks.map((rank) => {
            const row = view.rowAt(rank);
            return (
              <GridRow key={rank} rank={rank} row={row} topPx={rowTopPx(rank, scrollTop, shape)} focused={rank === focusRank} selected={row !== undefined && isSelected(selection, row.key)}
                showFolder={showFolder} onClick={control.onRowClick} onOpen={control.onRowOpen} onToggle={control.onRowToggle} />
            );
          })}
        </div>
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
    const look = (): void => {
      const rowPx = Number.parseInt(getComputedStyle(element).getPropertyValue('--row'), 10) || 36;
      setMeasure({ rowPx, viewportPx: element.clientHeight });
    };
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => observer.disconnect();
  }, [scroller]);
  return measure;
}

const columns: readonly { readonly word: 'files.name' | 'files.state' | 'files.where' | 'files.size' | 'files.changed'; readonly sort: SortBy | null; readonly style: string }[] = [
  { word: 'files.name', sort: 'name', style: 'name' },
  { word: 'files.state', sort: 'state', style: 'state' },
  { word: 'files.where', sort: null, style: 'mark' },
  { word: 'files.size', sort: 'size', style: 'size' },
  { word: 'files.changed', sort: 'changed', style: 'changed' },
];

function GridHead() {
  const { route } = useApp();
  const sort = useRoute((state) => state.sort);
  const descending = useRoute((state) => state.descending);
  return (
    <div role="rowgroup" className={styles['head']}>
      <div role="row" aria-rowindex={1} className={styles['headRow']}>
        {columns.map((column) => {
          const current = column.sort === sort;
          if (column.sort === null) return <div key={column.word} role="columnheader" className={styles[column.style]}>{say(column.word)}</div>;
          const by = column.sort;
          const Arrow = descending ? ArrowDown : ArrowUp;
          return (
            <div key={column.word} role="columnheader" aria-sort={current ? (descending ? 'descending' : 'ascending') : 'none'} className={styles[column.style]}>
              <button type="button" className={styles['sort']} onClick={() => route.go({ sort: by, descending: current ? !descending : false }, 'replace')}>
                {say(column.word)}{current && <Arrow size={12} aria-hidden="true" />}
              </button>
            </div>
          );
        })}
      </div>
    </div>
  );
}
