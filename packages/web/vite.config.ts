import { defaultClientConditions, defineConfig } from 'vite';
import { precompress } from './scripts/precompress.ts';

/** Where `npm start` listens; the dev server passes everything of the API on to it. */
const server = 'http://127.0.0.1:3000';

export default defineConfig({
  plugins: [precompress()],
  // virtua speaks React; Preact's JSX needs no plugin.
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  resolve: {
    // 'source' first: the client is bundled from its TypeScript, no build of it is needed.
    conditions: ['source', ...defaultClientConditions],
    alias: [
      { find: /^react\/jsx-runtime$/, replacement: 'preact/jsx-runtime' },
      { find: /^react-dom$/, replacement: 'preact/compat' },
      { find: /^react$/, replacement: 'preact/compat' },
    ],
  },
  build: {
    outDir: 'dist/site',
    emptyOutDir: true,
    target: 'es2022',
    // An inlined asset is a data: URL, which the Content-Security-Policy refuses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // That compressing takes most of a build is no news.
      checks: { bundlerTimings: false },
      onwarn(warning, warn) {
        // virtua marks its files for React's servers, which are of no concern here.
        if (warning.code !== 'MODULE_LEVEL_DIRECTIVE') warn(warning);
      },
    },
  },
  server: {
    proxy: { '/api': { target: server }, '/ws': { target: server, ws: true } },
  },
});
