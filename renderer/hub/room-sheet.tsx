/** How much one member may keep: asked for in gigabytes, empty for no limit. */
import { useState } from 'react';
import type { OutputOf } from '../../shared/api/contract.ts';
import { say } from '../../shared/words/words.ts';
import { problemOf } from '../api/client.ts';
import { Button } from '../components/button.tsx';
import { Sheet } from '../components/sheet.tsx';
import { formatBytes } from '../format/bytes.ts';
import { Field } from './form-parts.tsx';
import { useHub } from './hub-context.tsx';

type User = OutputOf<'listUsers'>['users'][number];
const gigabyte = 1_000_000_000;

export function RoomSheet({ user, onClose, onChanged }: { readonly user: User; readonly onClose: () => void; readonly onChanged: () => void }) {
  const { client, ui } = useHub();
  const [text, setText] = useState(user.quota_bytes === null ? '' : String(user.quota_bytes / gigabyte));
  const [error, setError] = useState<string | null>(null);
  const save = async (): Promise<void> => {
    const bytes = bytesOf(text);
    if (bytes === 'wrong') return setError(say('hub.room.wrong'));
    try {
      await client.call('changeUser', { user_id: user.id, quota_bytes: bytes });
      ui.notices.say(say('hub.members.changed'));
      onClose();
      onChanged();
    } catch (reason) {
      setError(problemOf(reason).message);
    }
  };
  return (
    <Sheet title={say('hub.room.title', { email: user.email })} onClose={onClose} actions={<Button look="primary" onClick={() => void save()}>{say('hub.room.save')}</Button>}>
      <form noValidate onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}>
        <Field label={say('hub.room.field')} hint={say('hub.room.hint', { bytes: formatBytes(user.used_bytes) })} value={text} onValue={setText} error={error} inputMode="decimal" autoFocus autoComplete="off" />
      </form>
    </Sheet>
  );
}

/** Null has no limit. A comma is a point in many languages. */
export function bytesOf(text: string): number | null | 'wrong' {
  const plain = text.trim().replace(',', '.');
  if (plain === '') return null;
  return /^\d{1,6}(\.\d{1,9})?$/.test(plain) ? Math.round(Number(plain) * gigabyte) : 'wrong';
}
