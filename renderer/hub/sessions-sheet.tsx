/** Where one member is logged in, for owner and admins; each session can be ended, and all at once. */
import { useCallback } from 'react';
import { say } from '../../shared/words/words.ts';
import { useUi } from '../app/ui-context.tsx';
import { Button } from '../components/button.tsx';
import panelStyles from '../components/panel.module.css';
import { Sheet } from '../components/sheet.tsx';
import { formatWhen } from '../format/time.ts';
import { deviceName } from './device-name.ts';
import { useAsked, useHub } from './hub-context.tsx';
import styles from './lines.module.css';

export function SessionsSheet({ user, onClose }: { readonly user: { readonly id: number; readonly email: string }; readonly onClose: () => void }) {
  const { client, act } = useHub();
  const { now } = useUi();
  const { value, again } = useAsked(useCallback(() => client.call('listUserSessions', { user_id: user.id }), [client, user.id]));
  const endAll = async (): Promise<void> => {
    if (await act('endUserSessions', { user_id: user.id }, say('hub.members.sessionsEnded', { email: user.email })) !== null) again();
  };
  const end = async (id: string): Promise<void> => {
    await act('endUserSession', { user_id: user.id, session_id: id }, say('hub.profile.ended'));
    // Also where it had ended already.
    again();
  };
  return (
    <Sheet title={say('hub.members.sessionsOf', { email: user.email })} onClose={onClose} closeWord={say('do.close')} actions={<Button look="danger" disabled={value === null || value.sessions.length === 0} onClick={() => void endAll()}>{say('hub.members.endSessions')}</Button>}>
      {value?.sessions.length === 0 && <p className={panelStyles['quiet']}>{say('hub.members.noSessions')}</p>}
      <ul className={styles['lines']}>
        {value?.sessions.map((session) => (
          <li key={session.id} className={styles['line']}>
            <div className={styles['what']}><span>{deviceName(session.device)}</span><span className={panelStyles['small']}>{say('hub.profile.session', { address: session.address, when: formatWhen(Date.parse(session.last_seen_at), now()) })}</span></div>
            <Button onClick={() => void end(session.id)} aria-label={say('hub.profile.endOf', { device: deviceName(session.device) })}>{say('hub.profile.end')}</Button>
          </li>
        ))}
      </ul>
    </Sheet>
  );
}
