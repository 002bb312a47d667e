/** A member's own things: preferences, password, where they are logged in, and what may be uploaded. */
import { useCallback, useEffect, useState } from 'react';
import type { OutputOf } from '../../shared/api/contract.ts';
import { say } from '../../shared/words/words.ts';
import { useUi } from '../app/ui-context.tsx';
import { Button } from '../components/button.tsx';
import fieldStyles from '../components/field.module.css';
import panelStyles from '../components/panel.module.css';
import { ProgressBar } from '../components/progress-bar.tsx';
import { formatBytes } from '../format/bytes.ts';
import { formatWhen } from '../format/time.ts';
import { deviceName } from './device-name.ts';
import { Field, newPasswordError, NewPasswordField, PasswordField, useSent } from './form-parts.tsx';
import { useAsked, useHub, useHubState } from './hub-context.tsx';
import { LeavePanel } from './leave-panel.tsx';
import { PreferencesPanel } from './preferences-panel.tsx';
import { ScreenFrame } from './screen-frame.tsx';
import styles from './lines.module.css';

export function ProfileScreen() {
  const member = useHubState((state) => state.member);
  return (
    <ScreenFrame title={say('hub.profile.title')} lead={member === null ? '' : `${member.email} · ${say(`hub.role.${member.role}`)}`}>
      <PreferencesPanel />
      <RoomPanel />
      <SessionsPanel />
      <PasswordPanel />
      {member?.role !== 'guest' && <RulesPanel />}
      <LeavePanel />
    </ScreenFrame>
  );
}

function RoomPanel() {
  const { client } = useHub();
  const { value } = useAsked(useCallback(() => client.call('readMe', {}), [client]));
  if (value === null) return null;
  const { used_bytes: used, quota_bytes: quota } = value;
  const words = quota === null ? say('hub.profile.roomUsed', { bytes: formatBytes(used) }) : say('hub.profile.roomUsedOf', { bytes: formatBytes(used), quota: formatBytes(quota) });
  return (
    <section className={`${panelStyles['panel'] ?? ''} ${panelStyles['stack'] ?? ''}`}>
      <h2>{say('hub.profile.room')}</h2>
      {quota !== null && <ProgressBar percent={quota === 0 ? 100 : Math.min(100, (used / quota) * 100)} label={say('hub.profile.room')} valueText={words} />}
      <p className={panelStyles['quiet']}>{words}</p>
    </section>
  );
}

function SessionsPanel() {
  const hub = useHub();
  const { client } = hub;
  const { now } = useUi();
  const { value, again } = useAsked(useCallback(() => client.call('listSessions', {}), [client]));
  const end = async (id: string): Promise<void> => {
    if (await hub.act('endSession', { session_id: id }, say('hub.profile.ended')) !== null) again();
  };
  return (
    <section className={`${panelStyles['panel'] ?? ''} ${panelStyles['stack'] ?? ''}`}>
      <h2>{say('hub.profile.sessions')}</h2>
      <ul className={styles['lines']}>
        {value?.sessions.map((session) => (
          <li key={session.id} className={styles['line']}>
            <div className={styles['what']}><span>{deviceName(session.device)}{session.current ? ` · ${say('hub.profile.thisOne')}` : ''}</span><span className={panelStyles['small']}>{say('hub.profile.session', { address: session.address, when: formatWhen(Date.parse(session.last_seen_at), now()) })}</span></div>
            {!session.current && <Button onClick={() => void end(session.id)} aria-label={say('hub.profile.endOf', { device: deviceName(session.device) })}>{say('hub.profile.end')}</Button>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function PasswordPanel() {
  const { client, ui } = useHub();
  const sent = useSent();
  const email = useHubState((state) => state.member?.email ?? '');
  const [now, setNow] = useState('');
  const [next, setNext] = useState('');
  return (
    <section className={`${panelStyles['panel'] ?? ''} ${panelStyles['stack'] ?? ''}`}>
      <h2>{say('hub.profile.password')}</h2>
      <form className={styles['form']} noValidate onSubmit={(event) => sent.submit(event, now === '' ? say('hub.asks.password') : newPasswordError(next), async () => {
        await client.call('changePassword', { current_password: now, new_password: next });
        setNow('');
        setNext('');
        ui.notices.say(say('hub.profile.changed'));
      })}>
        <PasswordField label={say('hub.oldPassword')} autoComplete="current-password" value={now} onValue={setNow} />
        <NewPasswordField label={say('hub.newPassword')} value={next} onValue={setNext} known={[email]} error={sent.error} />
        <Button type="submit" disabled={sent.busy}>{sent.busy ? say('hub.working') : say('hub.profile.change')}</Button>
      </form>
    </section>
  );
}

type Rules = OutputOf<'readUploadRules'>;
interface RuleTexts { readonly least: string; readonly most: string; readonly types: string; readonly pattern: string }
const textsOf = (rules: Rules): RuleTexts => ({ least: String(rules.least_bytes ?? ''), most: String(rules.most_bytes ?? ''), types: rules.types.join(', '), pattern: rules.name_pattern ?? '' });

function RulesPanel() {
  const { client, ui } = useHub();
  const sent = useSent();
  const { value } = useAsked(useCallback(() => client.call('readUploadRules', {}), [client]));
  const [texts, setTexts] = useState<RuleTexts | null>(null);
  useEffect(() => {
    if (value !== null) setTexts((before) => before ?? textsOf(value));
  }, [value]);
  if (texts === null) return null;
  const bad = [texts.least, texts.most].some((text) => !/^\d*$/.test(text.trim())) ? say('hub.profile.wholeNumber') : null;
  const numberOf = (text: string): number | null => (text.trim() === '' ? null : Number(text.trim()));
  return (
    <section className={`${panelStyles['panel'] ?? ''} ${panelStyles['stack'] ?? ''}`}>
      <h2>{say('hub.profile.rules')}</h2>
      <p className={panelStyles['quiet']}>{say('hub.profile.rulesLead')}</p>
      <form className={styles['form']} data-wide="true" noValidate onSubmit={(event) => sent.submit(event, bad, async () => {
        await client.call('writeUploadRules', { least_bytes: numberOf(texts.least), most_bytes: numberOf(texts.most), types: texts.types.split(',').map((type) => type.trim()).filter((type) => type !== ''), name_pattern: texts.pattern.trim() === '' ? null : texts.pattern.trim() });
        ui.notices.say(say('hub.profile.rulesSaved'));
      })}>
        <div className={fieldStyles['two']}>
          <Field label={say('hub.profile.least')} inputMode="numeric" value={texts.least} onValue={(least) => setTexts({ ...texts, least })} />
          <Field label={say('hub.profile.most')} inputMode="numeric" value={texts.most} onValue={(most) => setTexts({ ...texts, most })} />
          <Field label={say('hub.profile.types')} hint={say('hub.profile.typesHint')} value={texts.types} onValue={(types) => setTexts({ ...texts, types })} />
          <Field label={say('hub.profile.pattern')} hint={say('hub.profile.patternHint')} value={texts.pattern} onValue={(pattern) => setTexts({ ...texts, pattern })} />
        </div>
        {sent.error !== null && <p className={fieldStyles['error']} role="alert">{sent.error}</p>}
        <Button type="submit" disabled={sent.busy}>{say('hub.profile.saveRules')}</Button>
      </form>
    </section>
  );
}
