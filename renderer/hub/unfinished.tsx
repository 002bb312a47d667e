/** Uploads of before that have not ended: the hub keeps what has come, and with the same file chosen again they go on from there. */
import { useCallback, useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import type { OutputOf } from '../../shared/api/contract.ts';
import { say } from '../../shared/words/words.ts';
import { Button } from '../components/button.tsx';
import { CutName } from '../components/cut-name.tsx';
import { formatBytes } from '../format/bytes.ts';
import { useAsked, useHub } from './hub-context.tsx';
import styles from './upload-panel.module.css';

type Open = OutputOf<'listUploads'>['uploads'][number];

export function Unfinished() {
  const hub = useHub();
  const { client, uploads } = hub;
  const { value, again } = useAsked(useCallback(() => client.call('listUploads', {}), [client]));
  const mine = useStore(uploads, (state) => state.uploads);
  const settled = mine.filter(({ state }) => state === 'stored' || state === 'stopped' || state === 'failed').length;
  useEffect(again, [again, settled]);
  // What this page is at shows in its own list.
  const left = (value?.uploads ?? []).filter((open) => open.state === 'receiving' && !mine.some((one) => one.name === open.filename && one.folder === open.folder && one.bytes === open.size));
  if (left.length === 0) return null;
  const remove = async (open: Open): Promise<void> => {
    const answer = await fetch(`${hub.address}/api/v1/uploads/${open.upload_id}`, { method: 'DELETE', credentials: 'same-origin', headers: { ...client.headers(), 'Tus-Resumable': '1.0.0' } }).catch(() => null);
    if (answer?.ok !== true) hub.ui.notices.say(say('hub.noAnswer'), { alert: true });
    again();
  };
  return (
    <section className={styles['panel']} aria-label={say('hub.unfinished.title')}>
      <div className={styles['head']}><h2 className={styles['title']}>{say('hub.unfinished.title')}</h2></div>
      <ul className={styles['list']} tabIndex={0} aria-label={say('hub.unfinished.title')}>{left.slice(0, 50).map((open) => <Line key={open.upload_id} open={open} onRemove={() => void remove(open)} />)}</ul>
    </section>
  );
}

function Line({ open, onRemove }: { readonly open: Open; readonly onRemove: () => void }) {
  const { uploads, ui } = useHub();
  const field = useRef<HTMLInputElement>(null);
  const take = (file: File | undefined): void => {
    if (file === undefined) return;
    // Another file must never be sewn onto the beginning of this one.
    if (file.name.normalize('NFC') !== open.filename || file.size !== open.size || (open.modified !== null && open.modified !== file.lastModified)) return ui.notices.say(say('hub.unfinished.other', { name: open.filename, bytes: formatBytes(open.size) }), { alert: true });
    uploads.add([{ file, folder: '' }], open.folder);
  };
  return (
    <li className={styles['line']}>
      <div className={styles['what']}>
        <CutName name={open.filename} title={open.folder === '' ? open.filename : `${open.folder}/${open.filename}`} />
        <span className={styles['word']}>{say('hub.unfinished.come', { percent: Math.floor((open.offset / Math.max(1, open.size)) * 100) })}</span>
      </div>
      <span className={styles['size']}>{formatBytes(open.size)}</span>
      <span className={styles['do']}>
        <input ref={field} type="file" hidden aria-label={`${say('hub.unfinished.choose')} ${open.filename}`} onChange={(event) => {
          take(event.currentTarget.files?.[0]);
          event.currentTarget.value = '';
        }} />
        <Button onClick={() => field.current?.click()} aria-label={`${say('hub.unfinished.choose')} ${open.filename}`}>{say('hub.unfinished.choose')}</Button>
        <Button look="plain" onClick={onRemove} aria-label={`${say('hub.unfinished.remove')} ${open.filename}`}>{say('hub.unfinished.remove')}</Button>
      </span>
    </li>
  );
}
