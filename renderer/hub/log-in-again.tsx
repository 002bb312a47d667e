/** Over the page as it is: log in again, and what was begun goes on. */
import { useRef, useState } from 'react';
import { say } from '../../shared/words/words.ts';
import { Button } from '../components/button.tsx';
import { Sheet } from '../components/sheet.tsx';
import { PasswordField, useSent } from './form-parts.tsx';
import { useHub, useHubState } from './hub-context.tsx';

export function LogInAgain() {
  const hub = useHub();
  const sent = useSent();
  const email = useHubState((state) => state.member?.email ?? '');
  const [password, setPassword] = useState('');
  const form = useRef<HTMLFormElement>(null);
  return (
    <Sheet title={say('hub.again.title')} onClose={() => hub.answerLogIn(false)} closeWord={say('hub.again.leave')} actions={<Button look="primary" disabled={sent.busy} onClick={() => form.current?.requestSubmit()}>{say('hub.logIn')}</Button>}>
      <p>{say('hub.again.text')}</p>
      <form ref={form} noValidate onSubmit={(event) => sent.submit(event, password === '' ? say('hub.asks.password') : null, async () => {
        await hub.client.logIn({ email, password });
        hub.answerLogIn(true);
      })}>
        <input type="hidden" autoComplete="username" value={email} readOnly />
        <PasswordField label={`${say('hub.password')} · ${email}`} autoComplete="current-password" value={password} onValue={setPassword} error={sent.error} />
      </form>
    </Sheet>
  );
}
