/** That a file lies in an archive: how it is asked for, when it can be expected, until when it can be read; nothing is shown of a file that can be opened. */
import { useCallback, useEffect, useRef } from 'react';
import type { OutputOf } from '../../shared/api/contract.ts';
import { say } from '../../shared/words/words.ts';
import { useUi } from '../app/ui-context.tsx';
import { Button } from '../components/button.tsx';
import { formatSpan } from '../format/money.ts';
import { formatWhen } from '../format/time.ts';
import inspectorStyles from '../screens/files/inspector.module.css';
import { useAsked, useHub, useLibrary } from './hub-context.tsx';

export function ArchivePart({ fileId, mayWrite }: { readonly fileId: number; readonly mayWrite: boolean }) {
  const hub = useHub();
  const { client } = hub;
  const { now } = useUi();
  const { value, again } = useAsked(useCallback(() => client.call('readArchive', { file_id: fileId }), [client, fileId]));
  // The hub tells when it has come back: then the list is read anew, and this is asked again.
  const items = useLibrary((state) => state.items);
  const known = useRef(items);
  useEffect(() => {
    if (known.current === items) return;
    known.current = items;
    again();
  }, [again, items]);
  if (value === null || value.state === 'readable') return null;
  const ask = async (speed: 'standard' | 'bulk'): Promise<void> => {
    if (await hub.act('thawFile', { file_id: fileId, speed }, say('hub.archive.asked')) !== null) again();
  };
  return (
    <section className={inspectorStyles['part']}>
      <h3>{say('hub.archive.title')}</h3>
      <p>{archiveText(value, now())}</p>
      {value.state === 'archived' && mayWrite && (
        <div className={inspectorStyles['actions']}>
          {value.speeds.map(({ speed, from_seconds: from, to_seconds: to }) => <Button key={speed} onClick={() => void ask(speed)}>{say('hub.archive.ask', { time: formatSpan(from * 1000, to * 1000) })}</Button>)}
        </div>
      )}
    </section>
  );
}

export function archiveText(value: { readonly state: OutputOf<'readArchive'>['state']; readonly expected_to: string | null; readonly readable_until: string | null }, nowMs: number): string {
  if (value.state === 'archived') return say('hub.archive.is');
  if (value.state === 'ready') return value.readable_until === null ? say('hub.archive.ready') : say('hub.archive.readyUntil', { day: formatWhen(Date.parse(value.readable_until), nowMs) });
  const expectedMs = value.expected_to === null ? null : Date.parse(value.expected_to);
  return expectedMs === null || expectedMs <= nowMs ? say('hub.archive.coming') : say('hub.archive.comingBy', { when: formatWhen(expectedMs, nowMs) });
}
