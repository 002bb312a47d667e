/** The one listener for the keyboard: passes every key to the registry of shortcuts. */
import type { KeyRegistry } from './registry.ts';

/** Shortcuts are off in fields and while text is selected, unless they carry a modifier that says otherwise. */
export function listenToKeyboard(app: { readonly keys: KeyRegistry }, document: Document): void {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const target = event.target instanceof HTMLElement ? event.target : null;
    const inField = target !== null && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));
    const textSelected = document.getSelection()?.isCollapsed === false;
    if (app.keys.handle(event, inField || textSelected)) event.preventDefault();
  });
}
