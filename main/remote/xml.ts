/** Reads the small, flat XML that S3 servers answer with, strictly: what is not whole is refused instead of half understood. */

export class XmlBroken extends Error {}

export interface XmlElement {
  readonly name: string;
  /** Everything between the tags, entities not yet decoded. */
  readonly inner: string;
}

/** The one root element of a document; anything after it but white space means a torn or foreign answer. */
export function rootElement(text: string): XmlElement {
  let at = skipSpace(text, text.charCodeAt(0) === 0xfeff ? 1 : 0);
  while (text.startsWith('<?', at) || text.startsWith('<!--', at)) {
    const close = text.startsWith('<?', at) ? '?>' : '-->';
    const end = text.indexOf(close, at);
    if (end < 0) throw new XmlBroken('unclosed prolog');
    at = skipSpace(text, end + close.length);
  }
  const { element, next } = readElement(text, at);
  if (skipSpace(text, next) !== text.length) throw new XmlBroken('text after the root element');
  return element;
}

/** The direct children in order. An element never holds another of its own name in these answers, so the first closing tag is its own. */
export function* childrenOf(inner: string): Generator<XmlElement> {
  let at = skipSpace(inner, 0);
  while (at < inner.length) {
    const { element, next } = readElement(inner, at);
    yield element;
    at = skipSpace(inner, next);
  }
}

/** Direct children by name with their text; the first one wins. */
export function fieldsOf(inner: string): Map<string, string> {
  const out = new Map<string, string>();
  for (const child of childrenOf(inner)) if (!out.has(child.name)) out.set(child.name, decodeEntities(child.inner));
  return out;
}

export function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(#x[0-9a-fA-F]+|#\d+|\w+);/g, (whole, name: string) => {
    if (name.startsWith('#x')) return String.fromCodePoint(Number.parseInt(name.slice(2), 16));
    if (name.startsWith('#')) return String.fromCodePoint(Number(name.slice(1)));
    return named[name] ?? whole;
  });
}
export function encodeEntities(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function readElement(text: string, at: number): { element: XmlElement; next: number } {
  if (text.charCodeAt(at) !== 60 /* < */) throw new XmlBroken('expected an element');
  const tagEnd = text.indexOf('>', at);
  if (tagEnd < 0) throw new XmlBroken('unclosed tag');
  const selfClosing = text.charCodeAt(tagEnd - 1) === 47; /* / */
  const tag = text.slice(at + 1, selfClosing ? tagEnd - 1 : tagEnd);
  const space = tag.search(/\s/);
  const name = space < 0 ? tag : tag.slice(0, space);
  if (!/^[A-Za-z_][\w.:-]*$/.test(name)) throw new XmlBroken('bad tag name');
  if (selfClosing) return { element: { name, inner: '' }, next: tagEnd + 1 };
  const close = `</${name}>`;
  const end = text.indexOf(close, tagEnd + 1);
  if (end < 0) throw new XmlBroken(`unclosed ${name}`);
  return { element: { name, inner: text.slice(tagEnd + 1, end) }, next: end + close.length };
}
function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length) {
    const c = text.charCodeAt(at);
    if (c !== 32 && c !== 10 && c !== 13 && c !== 9) break;
    at += 1;
  }
  return at;
}
