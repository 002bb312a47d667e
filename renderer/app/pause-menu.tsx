/** Pause for an hour, until tomorrow, or until resumed. */
import { Menu } from '@base-ui/react/menu';
import { ChevronDown } from 'lucide-react';
import { say } from '../../shared/words/words.ts';
import buttonStyles from '../components/button.module.css';
import menuStyles from '../components/menu.module.css';
import { useApp } from './app-context.tsx';

function tomorrowMorning(nowMs: number): number {
  const at = new Date(nowMs);
  at.setDate(at.getDate() + 1);
  at.setHours(8, 0, 0, 0);
  return at.getTime();
}

export function PauseMenu() {
  const app = useApp();
  const pause = (untilMs: number | null): void => void app.act('pause', { untilMs }, null);
  return (
    <Menu.Root modal={false}>
      <Menu.Trigger className={buttonStyles['normal']}>{say('do.pause')}<ChevronDown size={14} aria-hidden="true" /></Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner className={menuStyles['positioner']} sideOffset={4} align="end">
          <Menu.Popup className={menuStyles['popup']}>
            <Menu.Item className={menuStyles['item']} onClick={() => pause(app.now() + 3_600_000)}>{say('do.pauseHour')}</Menu.Item>
            <Menu.Item className={menuStyles['item']} onClick={() => pause(tomorrowMorning(app.now()))}>{say('do.pauseTomorrow')}</Menu.Item>
            <Menu.Item className={menuStyles['item']} onClick={() => pause(null)}>{say('do.pauseForever')}</Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
