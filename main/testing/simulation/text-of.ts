/** Bytes of a simulated file or object as text, decoded once: bytes of a node or object are replaced, never changed in place. */

const decoder = new TextDecoder();
const texts = new WeakMap<Uint8Array, string>();

export function textOf(bytes: Uint8Array): string {
  let text = texts.get(bytes);
  if (text === undefined) {
    text = decoder.decode(bytes);
    texts.set(bytes, text);
  }
  return text;
}
