/** The one place that listens to the keyboard: parts of the page register shortcuts here by scope. */

export interface KeyPress { readonly key: string; readonly ctrlKey: boolean; readonly metaKey: boolean; readonly altKey: boolean; readonly shiftKey: boolean }
export interface Shortcut {
  /** As in "Mod+K", "Alt+ArrowUp", "?"; Mod is Command on a Mac, else Control. */
  readonly keys: string;
  /** Works while the user types in a field too. */
  readonly inFields?: boolean;
  readonly run: () => void;
}
export interface KeyRegistry {
  add(shortcuts: readonly Shortcut[]): () => void;
  /** True when a shortcut took the key. */
  handle(press: KeyPress, inField: boolean): boolean;
  /** Modal windows own the keyboard while they are open. */
  suspend(): () => void;
}

export function nameOfPress(press: KeyPress, mac: boolean): string {
  const mod = mac ? press.metaKey : press.ctrlKey;
  const key = press.key.length === 1 ? press.key.toUpperCase() : press.key;
  // A printed sign such as "?" already needs Shift on most keyboards; only letters and names tell it apart.
  const shift = press.shiftKey && (press.key.length > 1 || /\p{L}/u.test(press.key));
  return [mod ? 'Mod' : '', !mac && press.metaKey ? 'Meta' : '', press.altKey ? 'Alt' : '', shift ? 'Shift' : '', key].filter((part) => part !== '').join('+');
}

export function makeKeyRegistry(mac: boolean): KeyRegistry {
  const layers: (readonly Shortcut[])[] = [];
  let suspended = 0;
  return {
    add(shortcuts) {
      layers.push(shortcuts);
      return () => {
        const at = layers.indexOf(shortcuts);
        if (at >= 0) layers.splice(at, 1);
      };
    },
    handle(press, inField) {
      if (suspended > 0) return false;
      const name = nameOfPress(press, mac);
      for (const layer of layers.toReversed()) {
        const shortcut = layer.find((candidate) => candidate.keys === name && (!inField || candidate.inFields === true));
        if (shortcut === undefined) continue;
        shortcut.run();
        return true;
      }
      return false;
    },
    suspend() {
      suspended += 1;
      let done = false;
      return () => {
        if (!done) suspended -= 1;
        done = true;
      };
    },
  };
}
