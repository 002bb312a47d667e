/** Shows short messages with Undo; they are reached with F6 and never cover what has the focus at the top. */
import { Toast } from '@base-ui/react/toast';
import { X } from 'lucide-react';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { say } from '../../shared/words/words.ts';
import buttonStyles from '../components/button.module.css';
import { useUi } from './ui-context.tsx';
import styles from './toaster.module.css';

export function Toaster() {
  return (
    <Toast.Provider timeout={8000} limit={3}>
      <Feed />
      <Toast.Portal>
        <Toast.Viewport className={styles['viewport']} aria-label={say('notice.region')} aria-live="off"><List /></Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function Feed() {
  const ui = useUi();
  const { add } = Toast.useToastManager();
  const notices = useStore(ui.notices, (state) => state.notices);
  useEffect(() => {
    for (const notice of notices) {
      const { undo } = notice;
      add({
        title: notice.text, timeout: notice.alert ? 0 : 8000,
        ...(undo === null ? {} : { actionProps: { children: say('do.undo'), onClick: () => void ui.undo(undo) } }),
      });
      // The app's own two live regions speak; the toast itself stays silent.
      if (notice.alert) ui.announcer.alert(notice.text);
      else ui.announcer.polite(notice.text);
      ui.notices.drop(notice.id);
    }
  }, [notices, add, ui]);
  return null;
}

function List() {
  const { toasts } = Toast.useToastManager();
  return toasts.map((toast) => (
    <Toast.Root key={toast.id} toast={toast} className={styles['toast']} swipeDirection={[]}>
      <Toast.Content className={styles['content']}>
        <Toast.Title className={styles['title']} render={<p />} />
        {toast.actionProps !== undefined && <Toast.Action className={buttonStyles['normal']} />}
        <Toast.Close className={buttonStyles['icon']} aria-label={say('do.dismiss')}><X size={16} aria-hidden="true" /></Toast.Close>
      </Toast.Content>
    </Toast.Root>
  ));
}
