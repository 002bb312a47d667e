/** One row of the list: name, state as icon and word, strata mark, size, time. */
import { Check, File, Folder } from 'lucide-react';
import { memo, type MouseEvent } from 'react';
import type { Row } from '../../../shared/api/contract.ts';
import { useApp } from '../../app/app-context.tsx';
import { CutName } from '../../components/cut-name.tsx';
import { StateLabel, stateWord } from '../../components/state-icon.tsx';
import { barsOf, markWords, StrataMark } from '../../components/strata-mark.tsx';
import { formatBytes } from '../../format/bytes.ts';
import { formatExactly, formatWhen } from '../../format/time.ts';
import styles from './file-grid.module.css';

export interface GridRowProps {
  readonly row: Row | undefined;
  readonly rank: number;
  readonly topPx: number;
  readonly focused: boolean;
  readonly selected: boolean;
  readonly showFolder: boolean;
  readonly onClick: (row: Row, event: MouseEvent) => void;
  readonly onOpen: (row: Row) => void;
  readonly onToggle: (row: Row) => void;
}

/** One element for a row before and after it is read: replacing it would throw the focus off the list. */
export const GridRow = memo(function GridRow({ row, rank, topPx, focused, selected, showFolder, onClick, onOpen, onToggle }: GridRowProps) {
  return (
    <div role="row" aria-rowindex={rank + 2} tabIndex={focused ? 0 : -1} data-rank={rank} className={styles['row']} style={{ transform: `translateY(${topPx}px)` }}
      {...(row === undefined ? { 'aria-busy': true } : { 'aria-selected': selected })}
      onClick={(event) => row !== undefined && onClick(row, event)} onDoubleClick={() => row !== undefined && onOpen(row)}>
      {row === undefined ? <LoadingCells rank={rank} /> : <Cells row={row} selected={selected} showFolder={showFolder} onToggle={onToggle} />}
    </div>
  );
});

function Cells({ row, selected, showFolder, onToggle }: { readonly row: Row; readonly selected: boolean; readonly showFolder: boolean; readonly onToggle: (row: Row) => void }) {
  const { now } = useApp();
  const Icon = row.kind === 'folder' ? Folder : File;
  const word = stateWord(row, now());
  return (
    <>
      <div role="gridcell" className={styles['name']}>
        <span className={styles['tick']} aria-hidden="true" onClick={(event) => {
          event.stopPropagation();
          onToggle(row);
        }}>{selected && <Check size={12} strokeWidth={3} />}</span>
        <Icon size={16} strokeWidth={1.75} aria-hidden="true" className={styles['kind']} />
        <CutName name={row.name} title={row.path} />
        {showFolder && <span className={styles['in']}>{row.path.slice(0, -row.name.length - 1)}</span>}
      </div>
      <div role="gridcell" className={styles['state']} title={row.reason?.sentence ?? word}><StateLabel state={row.state} word={word} /></div>
      <div role="gridcell" className={styles['mark']}>{row.kind === 'file' && <StrataMark bars={barsOf(row)} label={markWords(row)} locked={row.tier === 'archive'} />}</div>
      <div role="gridcell" className={styles['size']}>{row.sizeBytes === null ? '' : formatBytes(row.sizeBytes)}</div>
      <div role="gridcell" className={styles['changed']} title={row.changedAtMs === null ? '' : formatExactly(row.changedAtMs)}>{row.changedAtMs === null ? '' : formatWhen(row.changedAtMs, now())}</div>
    </>
  );
}

function LoadingCells({ rank }: { readonly rank: number }) {
  return (
    <>
      <div role="gridcell" className={styles['name']}><span className={styles['bar']} style={{ width: `${120 + ((rank * 37) % 90)}px` }} /></div>
      {['state', 'mark', 'size', 'changed'].map((column) => <div key={column} role="gridcell" className={styles[column]}><span className={styles['bar']} /></div>)}
    </>
  );
}
