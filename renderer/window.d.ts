/** The bridge that the shell's preload puts on the window; a browser has none. */
import type { StrataBridge } from '../shared/model/bridge.ts';

declare global {
  interface Window { readonly strata?: StrataBridge }
}
