/** Ends somebody's account, after the question what becomes of their files. */
import { useId, useState } from 'react';
import type { OutputOf } from '../../shared/api/contract.ts';
import { say } from '../../shared/words/words.ts';
import { problemOf } from '../api/client.ts';
import { Button } from '../components/button.tsx';
import fieldStyles from '../components/field.module.css';
import { Sheet } from '../components/sheet.tsx';
import { formatBytes } from '../format/bytes.ts';
import { useHub } from './hub-context.tsx';

type User = OutputOf<'listUsers'>['users'][number];
const choices = ['keep', 'move', 'remove'] as const;
type Choice = (typeof choices)[number];

export function RemoveSheet({ user, others, onClose, onChanged }: { readonly user: User; readonly others: readonly User[]; readonly onClose: () => void; readonly onChanged: () => void }) {
  const { client, ui } = useHub();
  const [files, setFiles] = useState<Choice>('keep');
  const [to, setTo] = useState<number | null>(others[0]?.id ?? null);
  const [error, setError] = useState<string | null>(null);
  const [filesId, toId] = [useId(), useId()];
  const remove = async (): Promise<void> => {
    try {
      await client.call('deleteUser', { user_id: user.id, files, ...(files === 'move' && to !== null ? { to_user_id: to } : {}) });
      ui.notices.say(say('hub.remove.done', { email: user.email }));
      onClose();
      onChanged();
    } catch (reason) {
      setError(problemOf(reason).message);
    }
  };
  return (
    <Sheet title={say('hub.remove.title', { email: user.email })} onClose={onClose} actions={<Button look="danger" onClick={() => void remove()}>{say('hub.remove.do')}</Button>}>
      <p>{say('hub.remove.text', { files: user.files, bytes: formatBytes(user.used_bytes) })}</p>
      <div className={fieldStyles['field']}>
        <label className={fieldStyles['label']} htmlFor={filesId}>{say('hub.remove.files')}</label>
        <select id={filesId} className={fieldStyles['select']} value={files} onChange={(event) => setFiles(event.currentTarget.value as Choice)}>
          {choices.filter((choice) => choice !== 'move' || others.length > 0).map((choice) => <option key={choice} value={choice}>{say(`hub.remove.${choice}`)}</option>)}
        </select>
      </div>
      {files === 'move' && (
        <div className={fieldStyles['field']}>
          <label className={fieldStyles['label']} htmlFor={toId}>{say('hub.remove.to')}</label>
          <select id={toId} className={fieldStyles['select']} value={to ?? ''} onChange={(event) => setTo(Number(event.currentTarget.value))}>{others.map(({ id, email }) => <option key={id} value={id}>{email}</option>)}</select>
        </div>
      )}
      {error !== null && <p className={fieldStyles['error']} role="alert">{error}</p>}
    </Sheet>
  );
}
