/** What the words after `npm start --` or `npx strata` ask for. */

export function readWords(words) {
  const [first, ...rest] = words;
  const opens = first === undefined || first === 'start' || first.startsWith('-');
  if (!opens || words.includes('--help') || words.includes('-h')) return { kind: 'command', words };
  const options = first === 'start' ? rest : words;
  // --no-open asks for a service to talk to, not for a window.
  const headless = options.includes('--headless') || options.includes('--no-open');
  return { kind: headless ? 'service' : 'app', words: options };
}
