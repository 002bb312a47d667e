/** The exact rows of a held change, page by page, so that nobody agrees to something unseen. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Hold } from '../../../shared/api/contract.ts';
import { say } from '../../../shared/words/words.ts';
import { problemOf } from '../../api/client.ts';
import { useApp } from '../../app/app-context.tsx';
import { CutName } from '../../components/cut-name.tsx';
import { Sheet } from '../../components/sheet.tsx';
import styles from './needs-you.module.css';

export function HoldList({ hold, onClose }: { readonly hold: Hold; readonly onClose: () => void }) {
  'use no memo';
  const { client } = useApp();
  const [paths, setPaths] = useState<readonly string[]>([]);
  const [problem, setProblem] = useState<string | null>(null);
  const cursor = useRef<string | null>('');
  const reading = useRef(false);
  const room = useRef<HTMLDivElement>(null);
  const more = useCallback(async (): Promise<void> => {
    if (reading.current || cursor.current === null) return;
    reading.current = true;
    try {
      const answer = await client.call('readHoldRows', { holdId: hold.id, after: cursor.current });
      cursor.current = answer.next_cursor;
      setPaths((before) => [...before, ...answer.paths]);
    } catch (reason) {
      setProblem(problemOf(reason).message);
    } finally {
      reading.current = false;
    }
  }, [client, hold.id]);
  useEffect(() => void more(), [more]);
  const rows = useVirtualizer({ count: paths.length, getScrollElement: () => room.current, estimateSize: () => 28, overscan: 10 });
  const items = rows.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (paths.length > 0 && last > paths.length - 40) void more();
  }, [last, paths.length, more]);
  return (
    <Sheet wide title={say('needsYou.list', { count: hold.rows })} onClose={onClose}>
      {problem !== null && <p>{problem}</p>}
      <div ref={room} className={styles['listRoom']} tabIndex={0} role="region" aria-label={say('needsYou.list', { count: hold.rows })}>
        <div role="list" className={styles['listSpacer']} style={{ height: `${rows.getTotalSize()}px` }}>
          {items.map((item) => <div key={item.key} role="listitem" className={styles['listRow']} style={{ transform: `translateY(${item.start}px)` }}><CutName name={paths[item.index] ?? ''} /></div>)}
        </div>
      </div>
    </Sheet>
  );
}
