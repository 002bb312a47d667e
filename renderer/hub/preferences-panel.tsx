/** How a member wants the page, the same in every browser, and what they want to be told. */
import { say } from '../../shared/words/words.ts';
import fieldStyles from '../components/field.module.css';
import panelStyles from '../components/panel.module.css';
import { Choice, Switch } from '../screens/settings/setting-fields.tsx';
import { useHub, useHubState } from './hub-context.tsx';

const orders = ['name', 'size', 'newest'] as const;
const orderWords = { name: 'hub.files.byName', size: 'hub.files.bySize', newest: 'hub.files.byNewest' } as const;

export function PreferencesPanel() {
  const hub = useHub();
  const look = useHubState((state) => state.look);
  const preferences = useHubState((state) => state.preferences);
  const notifyUploads = async (wanted: boolean): Promise<void> => {
    if (wanted && (await hub.mayTell?.()) !== true) return hub.ui.notices.say(say('hub.profile.noticesOff'), { alert: true });
    await hub.prefer({ notify_uploads: wanted });
  };
  return (
    <section className={`${panelStyles['panel'] ?? ''} ${panelStyles['stack'] ?? ''}`}>
      <h2>{say('hub.profile.preferences')}</h2>
      <div className={fieldStyles['two']}>
        <Choice label={say('hub.profile.look')} value={look} options={(['system', 'light', 'dark'] as const).map((name) => [name, say(`hub.profile.look.${name}`)] as const)} onSave={(next) => void hub.prefer({ look: next })} />
        {preferences !== null && <Choice label={say('hub.profile.order')} value={preferences.sort} options={orders.map((name) => [name, say(orderWords[name])] as const)} onSave={(sort) => hub.route.go({ sort, descending: false }, 'replace')} />}
      </div>
      {preferences !== null && hub.mayTell !== null && <Switch label={say('hub.profile.notifyUploads')} checked={preferences.notify_uploads} onSave={(wanted) => void notifyUploads(wanted)} />}
      {preferences !== null && hub.facts.mail && <Switch label={say('hub.profile.mailNewDevice')} checked={preferences.mail_new_device} onSave={(wanted) => void hub.prefer({ mail_new_device: wanted })} />}
    </section>
  );
}
