import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import './style.css'

const root = document.getElementById('root')
if (!root) throw new Error('the page has no place for the app')
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
if ('serviceWorker' in navigator && import.meta.env.PROD) {
  // Without it the page works too, but not without a network.
  navigator.serviceWorker.register('/sw.js').catch(() => undefined)
}
