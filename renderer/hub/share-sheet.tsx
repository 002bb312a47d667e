/** Makes a link to a file or folder: what whoever has it may do, for how long; the link is shown once. */
import { useId, useState } from 'react';
import type { CallInputOf } from '../../shared/api/contract.ts';
import { say } from '../../shared/words/words.ts';
import { problemOf } from '../api/client.ts';
import { Button } from '../components/button.tsx';
import { copyText } from '../components/copy-text.ts';
import fieldStyles from '../components/field.module.css';
import { Sheet } from '../components/sheet.tsx';
import { Field, PasswordField } from './form-parts.tsx';
import { useHub } from './hub-context.tsx';
import type { LibraryItem } from './library-store.ts';

export function ShareSheet({ item, onClose }: { readonly item: LibraryItem; readonly onClose: () => void }) {
  const { client, address } = useHub();
  const [made, setMade] = useState<string | null>(null);
  const [mode, setMode] = useState<'view' | 'upload'>('view');
  const [password, setPassword] = useState('');
  const [until, setUntil] = useState('');
  const [most, setMost] = useState('');
  const [error, setError] = useState<string | null>(null);
  const modeId = useId();
  const make = async (): Promise<void> => {
    const wish: CallInputOf<'makeShare'> = {
      ...(item.kind === 'file' ? { file_id: item.id } : { folder: item.path }), mode,
      ...(password === '' ? {} : { password }), ...(until === '' ? {} : { expires_at: new Date(until).toISOString() }), ...(most === '' ? {} : { most_downloads: Number(most) }),
    };
    try {
      const { token } = await client.call('makeShare', wish);
      // In the fragment, which reaches no server's log.
      setMade(`${address}/#share=${token}`);
    } catch (reason) {
      setError(problemOf(reason).message);
    }
  };
  if (made !== null) return <MadeLink title={say('hub.share.title', { name: item.name })} text={say('hub.share.made')} link={made} onClose={onClose} />;
  return (
    <Sheet title={say('hub.share.title', { name: item.name })} onClose={onClose} actions={<Button look="primary" onClick={() => void make()}>{say('hub.share.make')}</Button>}>
      <p>{say('hub.share.lead')}</p>
      {item.kind === 'folder' && (
        <div className={fieldStyles['field']}>
          <label className={fieldStyles['label']} htmlFor={modeId}>{say('hub.share.mode')}</label>
          <select id={modeId} className={fieldStyles['select']} value={mode} onChange={(event) => setMode(event.currentTarget.value === 'upload' ? 'upload' : 'view')}>
            <option value="view">{say('hub.share.view')}</option>
            <option value="upload">{say('hub.share.upload')}</option>
          </select>
        </div>
      )}
      <PasswordField label={say('hub.share.password')} hint={say('hub.share.passwordHint')} value={password} onValue={setPassword} autoComplete="off" />
      <div className={fieldStyles['two']}>
        <Field label={say('hub.share.until')} hint={say('hub.share.untilHint')} type="datetime-local" value={until} onValue={setUntil} />
        {mode === 'view' && <Field label={say('hub.share.most')} inputMode="numeric" value={most} onValue={(text) => setMost(text.replace(/\D/g, ''))} />}
      </div>
      {error !== null && <p className={fieldStyles['error']} role="alert">{error}</p>}
    </Sheet>
  );
}

/** A link that is told once, to be copied now. */
export function MadeLink({ title, text, link, onClose }: { readonly title: string; readonly text: string; readonly link: string; readonly onClose: () => void }) {
  const { ui } = useHub();
  return (
    <Sheet title={title} onClose={onClose} closeWord={say('do.close')} actions={<Button look="primary" onClick={() => void copyText(link, ui.notices)}>{say('hub.share.copy')}</Button>}>
      <Field label={text} value={link} onValue={() => undefined} readOnly onFocus={(event) => event.currentTarget.select()} />
    </Sheet>
  );
}
