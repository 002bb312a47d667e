/** Builds the page (dist/renderer) or, with `--mode gallery`, the story gallery (dist/gallery). */
import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig(({ mode }) => {
  const gallery = mode === 'gallery';
  const pages = [gallery ? 'gallery.html' : 'index.html', 'pdf-frame.html'];
  return {
    root: 'renderer',
    base: './',
    plugins: [react()],
    build: {
      outDir: gallery ? '../dist/gallery' : '../dist/renderer',
      emptyOutDir: true,
      manifest: true,
      target: ['chrome123', 'safari17.5', 'firefox128'],
      // The door's policy allows scripts and images of this origin only, so nothing may be inlined as data:.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: pages.map((page) => resolve(import.meta.dirname, 'renderer', page)) },
    },
  };
});
