/** A library as a picture: each folder an area as large as its files, in the colour of the layer that holds most of it; by keyboard, and the same as a table. */
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { say } from '../../../shared/words/words.ts';
import { useApp } from '../../app/app-context.tsx';
import { formatBytes, formatCount } from '../../format/bytes.ts';
import styles from './folder-map.module.css';
import { cellsOf, type Cell, type FolderMap } from './map-cells.ts';
import shared from './storage-screen.module.css';

const size = { width: 900, height: 320 };

export function FolderMapPicture({ rootId }: { readonly rootId: string }) {
  const { client, route } = useApp();
  const [map, setMap] = useState<FolderMap | null>(null);
  const [active, setActive] = useState(0);
  const picture = useRef<SVGSVGElement>(null);
  useEffect(() => {
    let wanted = true;
    client.call('readMap', { rootId }).then((answer) => {
      if (wanted) setMap(answer);
    }, () => undefined);
    return () => {
      wanted = false;
    };
  }, [client, rootId]);
  const cells = useMemo(() => (map === null ? [] : cellsOf(map, size)), [map]);
  if (cells.length === 0) return null;
  const open = (cell: Cell): void => {
    if (cell.folder !== null) route.go({ screen: 'files', rootId, folder: cell.folder, search: '', entry: null });
  };
  const go = (at: number): void => {
    const next = Math.min(Math.max(at, 0), cells.length - 1);
    setActive(next);
    picture.current?.querySelector<SVGElement>(`[data-cell="${next}"]`)?.focus();
  };
  const onKeyDown = (event: KeyboardEvent, at: number): void => {
    const moves: Readonly<Record<string, () => void>> = { ArrowRight: () => go(at + 1), ArrowDown: () => go(at + 1), ArrowLeft: () => go(at - 1), ArrowUp: () => go(at - 1), Home: () => go(0), End: () => go(cells.length - 1), Enter: () => open(cells[at] as Cell), ' ': () => open(cells[at] as Cell) };
    const move = moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    move();
  };
  return (
    <>
      <svg ref={picture} className={styles['map']} viewBox={`0 0 ${size.width} ${size.height}`} role="group" aria-label={say('map.picture')}>
        {cells.map((cell, at) => (
          <g key={cell.folder ?? 'other'} role="button" tabIndex={at === active ? 0 : -1} data-cell={at} className={styles['cell']} aria-label={cellWords(cell)} transform={`translate(${cell.x} ${cell.y})`}
            onClick={() => open(cell)} onFocus={() => setActive(at)} onKeyDown={(event) => onKeyDown(event, at)}>
            <rect width={cell.width} height={cell.height} rx={2} className={styles[cell.layer]} />
          </g>
        ))}
        {/* Beside the areas and not in them: what is read aloud is the whole name, what is seen may be cut. */}
        <g aria-hidden="true" pointerEvents="none">{cells.filter((cell) => cell.width > 90 && cell.height > 36).map((cell) => <Label key={cell.folder ?? 'other'} cell={cell} />)}</g>
      </svg>
      <details>
        <summary>{say('map.asTable')}</summary>
        <div className={shared['scroll']} role="group" aria-label={say('map.asTable')} tabIndex={0}>
          <table className={shared['table']}>
            <thead><tr><th scope="col">{say('storage.folder')}</th><th scope="col">{say('storage.layer')}</th><th scope="col">{say('storage.files')}</th><th scope="col">{say('storage.bytes')}</th></tr></thead>
            <tbody>{cells.map((cell) => <tr key={cell.folder ?? 'other'}><th scope="row" className={shared['name']}>{nameOf(cell)}</th><td>{layerWord(cell)}</td><td>{formatCount(cell.files)}</td><td>{formatBytes(cell.bytes)}</td></tr>)}</tbody>
          </table>
        </div>
      </details>
    </>
  );
}

function Label({ cell }: { readonly cell: Cell }) {
  const width = Math.min(cell.width - 8, 180);
  return (
    <g transform={`translate(${cell.x} ${cell.y})`}>
      <rect x={4} y={4} width={width} height={32} rx={3} className={styles['label']} />
      <text x={10} y={18} className={styles['name']}>{shortened(nameOf(cell), Math.floor((width - 16) / 7))}</text>
      <text x={10} y={32} className={styles['bytes']}>{formatBytes(cell.bytes)}</text>
    </g>
  );
}

function nameOf(cell: Cell): string {
  if (cell.folder === null) return say('map.other');
  return cell.folder === '' ? say('storage.rootFolder') : cell.folder;
}
/** The end of a path tells more than its beginning. */
function shortened(text: string, letters: number): string {
  const all = [...text];
  return all.length <= letters ? text : `…${all.slice(-(letters - 1)).join('')}`;
}
function layerWord(cell: Cell): string {
  if (cell.layer === 'other') return '';
  return cell.layer === 'disk' ? say('storage.disk') : say(`tier.${cell.layer}`);
}
function cellWords(cell: Cell): string {
  return [nameOf(cell), formatBytes(cell.bytes), layerWord(cell)].filter((word) => word !== '').join(', ');
}
