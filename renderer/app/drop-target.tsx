/** The whole window takes a dropped folder; what comes of it is asked in a sheet, and every step has a button twin. */
import { Suspense, useState, type DragEvent, type ReactNode } from 'react';
import { say } from '../../shared/words/words.ts';
import { useApp } from './app-context.tsx';
import styles from './drop-target.module.css';
import { lazyPart } from '../components/lazy-part.tsx';

const DropSheet = lazyPart(() => import('./drop-sheet.tsx').then((module) => ({ default: module.DropSheet })));

export interface Dropped { readonly name: string; readonly isFolder: boolean; readonly token: string }

export function DropTarget({ children }: { readonly children: ReactNode }) {
  const { bridge } = useApp();
  const [over, setOver] = useState(false);
  const [dropped, setDropped] = useState<Dropped | null>(null);
  const carriesFiles = (event: DragEvent): boolean => event.dataTransfer.types.includes('Files');
  const take = (event: DragEvent): void => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    setOver(false);
    // Entries and files vanish after the first await, so everything is read here at once.
    const item = event.dataTransfer.items[0];
    const file = event.dataTransfer.files[0];
    if (item === undefined || file === undefined) return;
    setDropped({ name: file.name, isFolder: item.webkitGetAsEntry()?.isDirectory === true, token: bridge?.droppedFolder(file) ?? '' });
  };
  return (
    <div className={styles['target']}
      onDragOver={(event) => {
        if (!carriesFiles(event)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={(event) => {
        if (event.relatedTarget === null) setOver(false);
      }}
      onDrop={take}>
      {children}
      {over && <div className={styles['veil']}><p>{say('drop.here')}</p></div>}
      {dropped !== null && <Suspense fallback={null}><DropSheet dropped={dropped} onClose={() => setDropped(null)} /></Suspense>}
    </div>
  );
}
