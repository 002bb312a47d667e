/** Room on this computer: how much is free, and what leaves by itself; the rules are changed in a sheet of their own. */
import { Suspense, useEffect, useState } from 'react';
import type { OutputOf } from '../../../shared/api/contract.ts';
import { say } from '../../../shared/words/words.ts';
import { useApp } from '../../app/app-context.tsx';
import { Button } from '../../components/button.tsx';
import { lazyPart } from '../../components/lazy-part.tsx';
import panel from '../../components/panel.module.css';
import { formatBytes } from '../../format/bytes.ts';
import { formatWhen } from '../../format/time.ts';
import styles from './storage-screen.module.css';

const RoomSheet = lazyPart(() => import('./room-sheet.tsx').then((module) => ({ default: module.RoomSheet })));
type Room = OutputOf<'readRoom'>;

export function RoomPanel({ rootId }: { readonly rootId: string }) {
  const app = useApp();
  const [room, setRoom] = useState<Room | null>(null);
  const [isChanging, setIsChanging] = useState(false);
  useEffect(() => {
    let isCurrent = true;
    app.client.call('readRoom', { rootId }).then((answer) => {
      if (isCurrent) setRoom(answer);
    }, () => undefined);
    return () => {
      isCurrent = false;
    };
  }, [app, rootId]);
  if (room === null) return null;
  return (
    <div className={panel['stack']}>
      <div className={panel['spread']}>
        <h3 className={styles['caption']}>{say('room.title')}</h3>
        {room.freeBytes !== null && <p className={styles['total']}>{say('room.free', { bytes: formatBytes(room.freeBytes) })}</p>}
      </div>
      <p>{rulesText(room)} {room.last !== null && say('room.last', { when: formatWhen(room.last.atMs, app.now()), count: room.last.files, bytes: formatBytes(room.last.bytes) })}</p>
      <div className={panel['row']}><Button onClick={() => setIsChanging(true)}>{say('room.change')}</Button></div>
      {isChanging && <Suspense fallback={null}><RoomSheet rootId={rootId} rules={room.rules} onClose={(changed) => {
        setIsChanging(false);
        if (changed !== null) setRoom(changed);
      }} /></Suspense>}
    </div>
  );
}

function rulesText({ rules }: Room): string {
  const parts = [
    ...(rules.unusedDays === null ? [] : [say('room.unused', { days: rules.unusedDays })]),
    ...(rules.keepFreeBytes === null ? [] : [say('room.keepFree', { bytes: formatBytes(rules.keepFreeBytes) })]),
  ];
  return parts.length === 0 ? say('room.nothing') : parts.join(' ');
}
