import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [svelte()],
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0, // the CSP allows no font or script as data:
    reportCompressedSize: false,
  },
  worker: { format: 'es' },
  server: {
    port: 5173,
    // `npm run dev` against a running server: HEADWAY_URL, and a key where nobody is logged in.
    proxy: {
      '/api': {
        target: process.env['HEADWAY_URL'] ?? 'http://127.0.0.1:8080',
        ...(process.env['HEADWAY_KEY'] ? { headers: { 'X-API-Key': process.env['HEADWAY_KEY'] } } : {}),
      },
    },
  },
})
