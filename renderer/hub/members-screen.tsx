/** The owner's and admins' screen: accounts with role and use, invitations, and failed log-ins. */
import { useCallback, useId, useState } from 'react';
import type { OutputOf } from '../../shared/api/contract.ts';
import type { Role } from '../../shared/model/accounts.ts';
import { say } from '../../shared/words/words.ts';
import { useUi } from '../app/ui-context.tsx';
import { Button } from '../components/button.tsx';
import fieldStyles from '../components/field.module.css';
import panelStyles from '../components/panel.module.css';
import { formatBytes } from '../format/bytes.ts';
import { formatExactly, formatWhen } from '../format/time.ts';
import { Field, useSent } from './form-parts.tsx';
import { useAsked, useHub, useHubState } from './hub-context.tsx';
import { ScreenFrame } from './screen-frame.tsx';
import { RemoveSheet } from './remove-sheet.tsx';
import { RoomSheet } from './room-sheet.tsx';
import { SessionsSheet } from './sessions-sheet.tsx';
import { MadeLink } from './share-sheet.tsx';
import styles from './lines.module.css';

interface Told { readonly title: string; readonly text: string; readonly link: string }
type User = OutputOf<'listUsers'>['users'][number];

export function MembersScreen() {
  const [told, setTold] = useState<Told | null>(null);
  return (
    <ScreenFrame title={say('hub.members.title')}>
      <Accounts onTold={setTold} />
      <Invitations onTold={setTold} />
      <Usage />
      <Failures />
      {told !== null && <MadeLink {...told} onClose={() => setTold(null)} />}
    </ScreenFrame>
  );
}

/** Whose accounts and which roles: the hub decides; this only leaves out what it would refuse. */
const reach: Readonly<Record<Role, readonly Role[]>> = { owner: ['owner', 'admin', 'member', 'guest'], admin: ['member', 'guest'], member: [], guest: [] };

function Accounts({ onTold }: { readonly onTold: (told: Told) => void }) {
  const { client } = useHub();
  const { value, again } = useAsked(useCallback(() => client.call('listUsers', {}), [client]));
  return (
    <section className={`${panelStyles['panel'] ?? ''} ${panelStyles['stack'] ?? ''}`}>
      <h2>{say('hub.members.all')}</h2>
      <ul className={styles['lines']}>{value?.users.map((user) => <Account key={user.id} user={user} others={value.users.filter((other) => other.id !== user.id && !other.leaving)} onChanged={again} onTold={onTold} />)}</ul>
    </section>
  );
}

function Account({ user, others, onChanged, onTold }: { readonly user: User; readonly others: readonly User[]; readonly onChanged: () => void; readonly onTold: (told: Told) => void }) {
  const { act, address } = useHub();
  const role = useHubState((state) => state.member?.role ?? 'guest');
  const isMe = useHubState((state) => state.member?.id === user.id);
  const [asks, setAsks] = useState<'room' | 'remove' | 'sessions' | null>(null);
  const mayTouch = reach[role].includes(user.role) && !isMe && !user.leaving;
  const change = async (wish: { readonly role?: Role; readonly disabled?: boolean }): Promise<void> => {
    if (await act('changeUser', { user_id: user.id, ...wish }, say('hub.members.changed')) !== null) onChanged();
  };
  const reset = async (): Promise<void> => {
    const made = await act('makeReset', { user_id: user.id }, null);
    if (made !== null) onTold({ title: say('hub.members.resetLink'), text: say('hub.members.resetText', { email: user.email, when: formatExactly(Date.parse(made.expires_at)) }), link: `${address}/#reset=${made.reset_code}` });
  };
  return (
    <li className={styles['line']}>
      <div className={styles['what']}>
        <span>{user.email}{user.disabled_at !== null && <span className={styles['out']}> · {say(user.leaving ? 'hub.members.leaving' : 'hub.members.out')}</span>}</span>
        <span className={panelStyles['small']}>{mayTouch ? '' : `${say(`hub.role.${user.role}`)} · `}{usedWords(user)}</span>
      </div>
      {mayTouch && (
        <div className={styles['do']}>
          <select className={fieldStyles['select']} aria-label={say('hub.members.roleOf', { email: user.email })} value={user.role} onChange={(event) => void change({ role: event.currentTarget.value as Role })}>
            {reach[role].map((name) => <option key={name} value={name}>{say(`hub.role.${name}`)}</option>)}
          </select>
          <Button onClick={() => setAsks('room')} aria-label={`${say('hub.members.room')} ${user.email}`}>{say('hub.members.room')}</Button>
          <Button onClick={() => setAsks('sessions')} aria-label={`${say('hub.members.sessions')} ${user.email}`}>{say('hub.members.sessions')}</Button>
          <Button onClick={() => void reset()} aria-label={`${say('hub.members.resetLink')} ${user.email}`}>{say('hub.members.resetLink')}</Button>
          <Button look={user.disabled_at === null ? 'danger' : 'normal'} onClick={() => void change({ disabled: user.disabled_at === null })} aria-label={`${say(user.disabled_at === null ? 'hub.members.shutOut' : 'hub.members.letIn')} ${user.email}`}>{say(user.disabled_at === null ? 'hub.members.shutOut' : 'hub.members.letIn')}</Button>
          <Button look="danger" onClick={() => setAsks('remove')} aria-label={`${say('hub.members.remove')} ${user.email}`}>{say('hub.members.remove')}</Button>
        </div>
      )}
      {asks === 'remove' && <RemoveSheet user={user} others={others} onClose={() => setAsks(null)} onChanged={onChanged} />}
      {asks === 'sessions' && <SessionsSheet user={user} onClose={() => setAsks(null)} />}
      {asks === 'room' && <RoomSheet user={user} onClose={() => setAsks(null)} onChanged={onChanged} />}
    </li>
  );
}

/** Where there is a limit, the trash counts towards it. */
function usedWords({ files, bytes, used_bytes: used, quota_bytes: quota }: User): string {
  return quota === null ? say('hub.members.used', { files, bytes: formatBytes(bytes) }) : say('hub.members.usedOf', { files, bytes: formatBytes(used), quota: formatBytes(quota) });
}

function Invitations({ onTold }: { readonly onTold: (told: Told) => void }) {
  const { client, act, address } = useHub();
  const { now } = useUi();
  const sent = useSent();
  const myRole = useHubState((state) => state.member?.role ?? 'guest');
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Exclude<Role, 'owner'>>('member');
  const roleId = useId();
  const { value, again } = useAsked(useCallback(() => client.call('listInvitations', {}), [client]));
  const open = (value?.invitations ?? []).filter((each) => each.used_at === null && Date.parse(each.expires_at) > now());
  const takeBack = async (id: number): Promise<void> => {
    if (await act('removeInvitation', { invitation_id: id }, say('hub.members.changed')) !== null) again();
  };
  return (
    <section className={`${panelStyles['panel'] ?? ''} ${panelStyles['stack'] ?? ''}`}>
      <h2>{say('hub.members.invite')}</h2>
      <p className={panelStyles['quiet']}>{say('hub.members.inviteLead')}</p>
      <form className={styles['form']} data-wide="true" noValidate onSubmit={(event) => sent.submit(event, null, async () => {
        const made = await client.call('makeInvitation', { role, ...(email.trim() === '' ? {} : { email }) });
        setEmail('');
        again();
        onTold({ title: say('hub.members.invite'), text: made.mailed ? say('hub.members.inviteMailed', { email, when: formatExactly(Date.parse(made.expires_at)) }) : say('hub.members.inviteText', { when: formatExactly(Date.parse(made.expires_at)) }), link: `${address}/#invitation=${made.invitation}` });
      })}>
        <div className={fieldStyles['two']}>
          <Field label={say('hub.members.inviteEmail')} hint={say('hub.members.inviteEmailHint')} type="email" autoComplete="off" value={email} onValue={setEmail} error={sent.error} />
          <div className={fieldStyles['field']}>
            <label className={fieldStyles['label']} htmlFor={roleId}>{say('hub.members.role')}</label>
            <select id={roleId} className={fieldStyles['select']} value={role} onChange={(event) => setRole(event.currentTarget.value as Exclude<Role, 'owner'>)}>
              {reach[myRole].filter((name) => name !== 'owner').map((name) => <option key={name} value={name}>{say(`hub.role.${name}`)}</option>)}
            </select>
          </div>
        </div>
        <Button type="submit" disabled={sent.busy}>{say('hub.members.inviteMake')}</Button>
      </form>
      <h3>{say('hub.members.invitations')}</h3>
      {open.length === 0 && <p className={panelStyles['quiet']}>{say('hub.members.noInvitations')}</p>}
      <ul className={styles['lines']}>
        {open.map((each) => {
          const who = each.email ?? say('hub.members.anybody');
          return (
            <li key={each.id} className={styles['line']}>
              <div className={styles['what']}><span>{who}</span><span className={panelStyles['small']}>{say('hub.members.invited', { role: say(`hub.role.${each.role}`), when: formatWhen(Date.parse(each.expires_at), now()) })}</span></div>
              <Button onClick={() => void takeBack(each.id)} aria-label={`${say('hub.links.takeBack')} ${who}`}>{say('hub.links.takeBack')}</Button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** What came on each day and is still there. */
function Usage() {
  const { client } = useHub();
  const { value } = useAsked(useCallback(() => client.call('readUsage', { days: 30 }), [client]));
  const days = Map.groupBy(value?.usage ?? [], ({ day }) => day);
  return (
    <section className={`${panelStyles['panel'] ?? ''} ${panelStyles['stack'] ?? ''}`}>
      <h2>{say('hub.members.usage')}</h2>
      {value?.usage.length === 0 && <p className={panelStyles['quiet']}>{say('hub.members.noUsage')}</p>}
      <ul className={styles['lines']}>
        {[...days].map(([day, lines]) => (
          <li key={day} className={styles['line']}>
            <div className={styles['what']}><span>{day}</span>{lines.map((line) => <span key={line.user_id} className={panelStyles['small']}>{say('hub.members.usageOf', { email: line.email, files: line.files, bytes: formatBytes(line.bytes) })}</span>)}</div>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Failures() {
  const { client } = useHub();
  const { now } = useUi();
  const { value } = useAsked(useCallback(() => client.call('listFailedLogins', { limit: 100 }), [client]));
  return (
    <section className={`${panelStyles['panel'] ?? ''} ${panelStyles['stack'] ?? ''}`}>
      <h2>{say('hub.members.failures')}</h2>
      {value?.locked.map((lock) => <p key={`${lock.kind} ${lock.who}`}>{say('hub.members.locked', { who: lock.who, when: formatWhen(Date.parse(lock.until), now()) })}</p>)}
      {value?.failures.length === 0 && <p className={panelStyles['quiet']}>{say('hub.members.noFailures')}</p>}
      <ul className={styles['lines']}>
        {value?.failures.map((failure, at) => <li key={at} className={styles['line']}><span className={styles['what']}>{say('hub.members.failure', { account: failure.account, address: failure.address })}</span><span className={panelStyles['small']}>{formatWhen(Date.parse(failure.at), now())}</span></li>)}
      </ul>
    </section>
  );
}
