/** What the card and the sheet of a conflict share: whose version the other one is, and the commands of their buttons. */
import type { Conflict } from '../../../shared/api/contract.ts';
import { say } from '../../../shared/words/words.ts';
import { useApp } from '../../app/app-context.tsx';

/** Only the copy's maker is known by name: where the copy was made here, the other side is just another device. */
export function otherDevice(conflict: Conflict): string | null {
  return conflict.copyHere ? null : conflict.device;
}
export function theirsWord(conflict: Conflict, use: 'keep' | 'of'): string {
  const device = otherDevice(conflict);
  if (device === null) return say(use === 'keep' ? 'needsYou.keepOther' : 'needsYou.otherDevices');
  return say(use === 'keep' ? 'needsYou.keepTheirs' : 'needsYou.theirs', { device });
}

export function useSettling(conflict: Conflict, onSettled: () => void): { settle(keep: 'mine' | 'theirs' | 'both'): Promise<void>; openBoth(): Promise<void> } {
  const app = useApp();
  const { rootId, path, copyPath } = conflict;
  return {
    async settle(keep) {
      if (await app.act('resolveConflict', { rootId, path: copyPath, keep }, say('needsYou.settled')) === null) return;
      onSettled();
      await app.needsYou.read();
    },
    async openBoth() {
      await app.act('reveal', { rootId, key: path, act: 'open' }, null);
      await app.act('reveal', { rootId, key: copyPath, act: 'open' }, null);
    },
  };
}
