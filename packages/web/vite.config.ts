import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2024',
    sourcemap: false,
    reportCompressedSize: false,
  },
  server: {
    proxy: { '^/(v1|auth|data|metadata|confirm|access|status|dataservices)(/|$)': 'http://127.0.0.1:8009' },
  },
})
