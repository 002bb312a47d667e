/** Moves focus and selection in the list and acts on keys and clicks. */
import { useCallback, useEffect, useRef, type KeyboardEvent, type MouseEvent } from 'react';
import type { Row } from '../../../shared/api/contract.ts';
import { say } from '../../../shared/words/words.ts';
import { useApp } from '../../app/app-context.tsx';
import { folderOf } from '../../format/middle-cut.ts';
import { longestRange, nothingSelected, selectOnly, toggle } from '../../stores/selection.ts';
import { gridAction, type GridAction } from './grid-keys.ts';

export interface GridControl {
  onKeyDown(event: KeyboardEvent): void;
  onRowClick(row: Row, event: MouseEvent): void;
  onRowOpen(row: Row): void;
  onRowToggle(row: Row): void;
}
export interface GridControlParts { readonly rowsOnPage: () => number; readonly onMoved: () => void; readonly onDetails: () => void }

export function useGridControl({ rowsOnPage, onMoved, onDetails }: GridControlParts): GridControl {
  const app = useApp();
  const { view, route, mac } = app;
  const anchor = useRef(0);
  const typed = useRef({ text: '', atMs: 0 });
  useEffect(() => view.subscribe((state, before) => {
    if (state.viewId !== before.viewId) anchor.current = 0;
  }), [view]);

  const openRow = useCallback((row: Row): void => {
    if (row.kind === 'folder') route.go({ rootId: row.rootId, folder: row.path, search: '', entry: null });
    else if (row.residency === 'notOnDisk') onDetails();
    else void app.act('reveal', { rootId: row.rootId, key: row.key, act: 'open' }, null);
  }, [app, route, onDetails]);

  const selectRange = useCallback(async (rank: number): Promise<void> => {
    const from = Math.min(anchor.current, rank);
    const to = Math.max(anchor.current, rank) + 1;
    if (to - from > longestRange) return;
    const held = Array.from({ length: to - from }, (_, at) => view.rowAt(from + at));
    const rows = held.includes(undefined) ? await view.rows(from, to) : held;
    view.select(selectOnly(rows.flatMap((row) => (row === undefined ? [] : [row.key]))));
  }, [view]);

  const typeAhead = useCallback(async (letter: string): Promise<void> => {
    const atMs = performance.now();
    const fresh = atMs - typed.current.atMs > 900;
    typed.current = { text: fresh ? letter : typed.current.text + letter, atMs };
    const { text } = typed.current;
    const rank = await view.find(text, fresh ? view.getState().focusRank : view.getState().focusRank - 1) ?? await view.find(text, -1);
    if (typed.current.text !== text) return;
    if (rank === null) app.announcer.polite(say('files.typed', { text }));
    else {
      view.focus(rank);
      onMoved();
    }
  }, [app.announcer, view, onMoved]);

  const perform = useCallback((action: GridAction): void => {
    const { focusRank, selection } = view.getState();
    const row = view.rowAt(focusRank);
    switch (action.kind) {
      case 'focus':
        view.focus(action.rank);
        if (action.extend) void selectRange(action.rank);
        else anchor.current = action.rank;
        onMoved();
        return;
      case 'toggle':
        anchor.current = focusRank;
        if (row !== undefined) view.select(toggle(selection, row.key));
        return;
      case 'all': return view.select({ all: true, keys: new Set() });
      case 'clear': return view.select(nothingSelected);
      case 'details': return onDetails();
      case 'open': return row === undefined ? undefined : openRow(row);
      case 'parent': return route.go({ folder: folderOf(route.getState().folder), entry: null });
      case 'type': void typeAhead(action.letter);
    }
  }, [view, route, selectRange, typeAhead, openRow, onMoved, onDetails]);

  return {
    onKeyDown(event) {
      const { focusRank, count, selection } = view.getState();
      const action = gridAction(event, { focusRank, count: count ?? 0, rowsOnPage: rowsOnPage(), mac });
      if (action === null || (action.kind === 'clear' && !selection.all && selection.keys.size === 0)) return;
      event.preventDefault();
      perform(action);
    },
    onRowClick(row, event) {
      view.focus(row.rank);
      if (event.shiftKey) return void selectRange(row.rank);
      anchor.current = row.rank;
      if (mac ? event.metaKey : event.ctrlKey) view.select(toggle(view.getState().selection, row.key));
      else view.select(nothingSelected);
    },
    onRowOpen: openRow,
    onRowToggle(row) {
      anchor.current = row.rank;
      view.select(toggle(view.getState().selection, row.key));
    },
  };
}
