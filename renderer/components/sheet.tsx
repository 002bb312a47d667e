/** A dialog with a title, its actions and a Cancel or Close; the safe button comes first to the keyboard. */
import { Dialog } from '@base-ui/react/dialog';
import { useEffect, type ReactNode, type RefObject } from 'react';
import { say } from '../../shared/words/words.ts';
import { useUi } from '../app/ui-context.tsx';
import buttonStyles from './button.module.css';
import styles from './sheet.module.css';

export interface SheetProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly actions?: ReactNode;
  readonly wide?: boolean | 'full';
  readonly initialFocus?: RefObject<HTMLElement | null>;
  readonly closeWord?: string;
}

export function Sheet({ title, onClose, children, actions = null, wide = false, initialFocus, closeWord }: SheetProps) {
  const { keys } = useUi();
  useEffect(() => keys.suspend(), [keys]);
  return (
    <Dialog.Root open onOpenChange={(open) => {
      if (!open) onClose();
    }}>
      <Dialog.Portal>
        <Dialog.Backdrop className={styles['backdrop']} />
        <Dialog.Popup className={wide === 'full' ? styles['full'] : wide ? styles['wide'] : styles['popup']} {...(initialFocus === undefined ? {} : { initialFocus })}>
          <Dialog.Title className={styles['title']}>{title}</Dialog.Title>
          <div className={styles['body']}>{children}</div>
          <div className={styles['actions']}>
            {actions}
            <Dialog.Close className={buttonStyles['normal']}>{closeWord ?? (actions === null ? say('do.close') : say('do.cancel'))}</Dialog.Close>
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
