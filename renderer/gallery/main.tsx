/** The story gallery: `?story=files/busy&theme=dark` shows one screen in one state, from recorded answers and no service. */
import '../theme/tokens.css';
import '../theme/base.css';
import { createRoot } from 'react-dom/client';
import { makeApp } from '../app/make-app.ts';
import { NoSession } from '../app/no-session.tsx';
import { Page } from '../app/page.tsx';
import { listenToKeyboard } from '../keyboard/listen.ts';
import { addressOf, startRoute } from '../stores/route-store.ts';
import { makeFakeClient } from './fake-client.ts';
import { nowMs } from './sample-data.ts';
import { drawHubStory, hubStories } from './hub-stories.tsx';
import { stories, type Story } from './stories.ts';

function show(story: Story, theme: 'light' | 'dark', place: HTMLElement): void {
  if (story.noSession === true) {
    document.documentElement.dataset['theme'] = theme;
    createRoot(place).render(<NoSession />);
    return;
  }
  const app = makeApp({
    client: makeFakeClient(story, theme), bridge: null, now: () => nowMs, mac: false,
    address: addressOf({ ...startRoute, ...story.route }), writeAddress: () => undefined,
  });
  listenToKeyboard(app, document);
  createRoot(place).render(<Page app={app} />);
  void app.reread().then(() => app.onConnection(story.connection ?? 'live'));
  for (const [text, options] of story.notices ?? []) app.notices.say(text, options);
}

function start(): void {
  const place = document.getElementById('root');
  const query = new URLSearchParams(window.location.search);
  const name = query.get('story');
  const story = stories.find((candidate) => candidate.name === name);
  if (place === null) return;
  // The script reads the list of stories from here.
  document.documentElement.dataset['stories'] = JSON.stringify([...stories, ...hubStories].map(({ name: each, press, click, screen }) => ({ name: each, press: press ?? [], click: click ?? [], screen })));
  const hubStory = hubStories.find((candidate) => candidate.name === name);
  if (hubStory !== undefined) createRoot(place).render(drawHubStory(hubStory, query.get('theme') === 'dark' ? 'dark' : 'light'));
  else if (story !== undefined) show(story, query.get('theme') === 'dark' ? 'dark' : 'light', place);
  else createRoot(place).render(<main><h1>Stories</h1><ul>{[...stories, ...hubStories].map((each) => <li key={each.name}><a href={`?story=${each.name}`}>{each.name}</a></li>)}</ul></main>);
}

start();
