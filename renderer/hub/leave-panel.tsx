/** Ends one's own account: with the password, and after a word about the files. */
import { useId, useState } from 'react';
import { say } from '../../shared/words/words.ts';
import { Button } from '../components/button.tsx';
import fieldStyles from '../components/field.module.css';
import panelStyles from '../components/panel.module.css';
import { PasswordField, useSent } from './form-parts.tsx';
import { useHub } from './hub-context.tsx';
import styles from './lines.module.css';

export function LeavePanel() {
  const hub = useHub();
  const sent = useSent();
  const [password, setPassword] = useState('');
  const [files, setFiles] = useState<'keep' | 'remove'>('keep');
  const [open, setOpen] = useState(false);
  const filesId = useId();
  if (!open) return <section className={panelStyles['panel']}><Button look="danger" onClick={() => setOpen(true)}>{say('hub.leave.title')}…</Button></section>;
  return (
    <section className={`${panelStyles['panel'] ?? ''} ${panelStyles['stack'] ?? ''}`}>
      <h2>{say('hub.leave.title')}</h2>
      <p className={panelStyles['quiet']}>{say('hub.leave.text')}</p>
      <form className={styles['form']} noValidate onSubmit={(event) => sent.submit(event, password === '' ? say('hub.asks.password') : null, async () => {
        await hub.client.call('deleteMe', { current_password: password, files });
        await hub.leave();
      })}>
        <div className={fieldStyles['field']}>
          <label className={fieldStyles['label']} htmlFor={filesId}>{say('hub.leave.files')}</label>
          <select id={filesId} className={fieldStyles['select']} value={files} onChange={(event) => setFiles(event.currentTarget.value as 'keep' | 'remove')}>
            <option value="keep">{say('hub.leave.keep')}</option>
            <option value="remove">{say('hub.leave.remove')}</option>
          </select>
        </div>
        <PasswordField label={say('hub.oldPassword')} autoComplete="current-password" value={password} onValue={setPassword} error={sent.error} />
        <div className={panelStyles['row']}>
          <Button type="submit" look="danger" disabled={sent.busy}>{sent.busy ? say('hub.working') : say('hub.leave.do')}</Button>
          <Button onClick={() => setOpen(false)}>{say('do.cancel')}</Button>
        </div>
      </form>
    </section>
  );
}
