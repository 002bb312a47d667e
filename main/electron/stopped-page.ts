/** The page the window shows while the service is gone: ours alone, without script, so that nothing of a stranger's on that port is ever shown. */
import { say } from '../../shared/words/words.ts';
import { reportLink, restartLink } from './navigation.ts';

const style = `:root{color-scheme:light dark}body{margin:0;min-height:100vh;display:grid;place-content:center;gap:24px;padding:24px;font:14px/20px system-ui,"Segoe UI",sans-serif;background:light-dark(#F6F7F9,#0F1217);color:light-dark(#151A21,#E8ECF2)}
h1{font-size:20px;line-height:28px;font-weight:600;margin:0}p{margin:0;max-width:60ch;color:light-dark(#4B5563,#AAB4C3);overflow-wrap:anywhere}nav{display:flex;gap:12px;flex-wrap:wrap}
a{padding:8px 16px;border-radius:6px;border:1px solid light-dark(#7A8493,#77839A);color:inherit;text-decoration:none}a:first-child{background:light-dark(#151A21,#E8ECF2);color:light-dark(#FFFFFF,#161A21)}a:focus-visible{outline:2px solid light-dark(#1D5FD1,#7FB2FF);outline-offset:2px}`;

export function stoppedPage(detail: string | null): string {
  const why = detail === null ? '' : `<p>${escapeHtml(say('shell.why', { detail }))}</p>`;
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>Strata</title><style>${style}</style></head><body><main><h1>${escapeHtml(say('headline.serviceStopped'))}</h1></main>${why}<nav><a href="${restartLink}">${escapeHtml(say('do.startAgain'))}</a><a href="${reportLink}">${escapeHtml(say('do.saveReport'))}</a></nav></body></html>`;
  return `data:text/html;charset=utf-8,${encodeURIComponent(html)}`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
