/** New keys for a place; log-in fields that take paste and password managers. */
import { useId, useState } from 'react';
import { say } from '../../../shared/words/words.ts';
import { useApp } from '../../app/app-context.tsx';
import { Button } from '../../components/button.tsx';
import field from '../../components/field.module.css';
import { Sheet } from '../../components/sheet.tsx';

export function KeysSheet({ rootId, onClose }: { readonly rootId: string; readonly onClose: () => void }) {
  const app = useApp();
  const id = useId();
  const [accessKeyId, setAccessKeyId] = useState('');
  const [secretAccessKey, setSecretAccessKey] = useState('');
  const name = app.status.getState().status?.roots.find((root) => root.id === rootId)?.name ?? '';
  const save = async (): Promise<void> => {
    if (await app.act('changeKeys', { rootId, keys: { accessKeyId: accessKeyId.trim(), secretAccessKey: secretAccessKey.trim() } }, say('needsYou.keysSaved')) !== null) onClose();
  };
  const ready = accessKeyId.trim() !== '' && secretAccessKey.trim() !== '';
  return (
    <Sheet title={say('needsYou.newKeys', { folder: name })} onClose={onClose} actions={<Button look="primary" type="submit" form={id} disabled={!ready}>{say('needsYou.saveKeys')}</Button>}>
      <form id={id} className={field['field']} onSubmit={(event) => {
        event.preventDefault();
        if (ready) void save();
      }}>
        <label className={field['field']}><span className={field['label']}>{say('firstRun.accessKey')}</span>
          <input className={field['input']} autoComplete="username" spellCheck={false} value={accessKeyId} onChange={(event) => setAccessKeyId(event.currentTarget.value)} /></label>
        <label className={field['field']}><span className={field['label']}>{say('firstRun.secretKey')}</span>
          <input className={field['input']} type="password" autoComplete="current-password" value={secretAccessKey} onChange={(event) => setSecretAccessKey(event.currentTarget.value)} /></label>
        <p className={field['hint']}>{say('firstRun.keysHint')}</p>
      </form>
    </Sheet>
  );
}
