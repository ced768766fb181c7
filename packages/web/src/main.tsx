import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import './style.css'

// A browser that runs under the locale "C" says of itself that it speaks "en-US@posix", and its own formats, which the
// chart library asks for in that language, throw.
if (!isLanguage(navigator.language)) Object.defineProperty(navigator, 'language', { value: 'en' })

function isLanguage(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1
  } catch {
    return false
  }
}

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
