/** Copies a text; outside secure contexts (a phone over plain HTTP) the text is shown instead. */
import { say } from '../../shared/words/words.ts';
import type { NoticeStore } from '../stores/notice-store.ts';

export async function copyText(text: string, notices: NoticeStore): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    notices.say(say('notice.copied'));
  } catch {
    notices.say(`${say('notice.copyByHand')} ${text}`, { alert: true });
  }
}
