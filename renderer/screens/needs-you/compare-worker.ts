/** The worker in which two edits are compared, so that the page stays quick. */
import { compareTexts, type Texts } from './compare-texts.ts';

self.onmessage = (event: MessageEvent<Texts>) => {
  self.postMessage(compareTexts(event.data));
};
