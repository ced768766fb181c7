import { hash } from 'node:crypto'
import { Html, html } from './html.ts'

/** The pages of the server itself (sign-in, invitations, a new password): no script, works in any browser. */
const style = `
:root { color-scheme: light dark; --ink: #16202a; --paper: #f6f8fa; --card: #fff; --line: #c3ccd5; --accent: #0b5f8a; --bad: #a3151f }
@media (prefers-color-scheme: dark) { :root { --ink: #e6ebf0; --paper: #10171d; --card: #19232c; --line: #48545f; --accent: #7cc4ea; --bad: #ff9a9a } }
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif }
main { max-width: 26rem; margin: 8vh auto; padding: 2rem; background: var(--card); border: 1px solid var(--line); border-radius: .75rem }
@media (max-width: 30rem) { main { margin: 0; min-height: 100vh; border: 0; border-radius: 0 } }
h1 { margin: 0 0 1rem; font-size: 1.4rem; line-height: 1.25 }
.brand { margin: 0 0 1.5rem; font-weight: 600; color: var(--accent) }
label { display: block; margin: 1rem 0 .25rem; font-weight: 600 }
.hint { margin: .25rem 0 0; font-size: .875rem; opacity: .8 }
input { width: 100%; padding: .6rem .7rem; font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--line); border-radius: .4rem }
button { width: 100%; margin-top: 1.5rem; padding: .7rem; font: inherit; font-weight: 600; color: var(--card); background: var(--accent); border: 1px solid var(--accent); border-radius: .4rem; cursor: pointer }
button.second { margin-top: .75rem; color: var(--accent); background: transparent }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
a { color: var(--accent) }
.error { padding: .6rem .8rem; border-left: 4px solid var(--bad); color: var(--bad); background: color-mix(in srgb, var(--bad) 8%, transparent) }
`

const styleSheet = new Html(style)
const styleHash = `'sha256-${hash('sha256', style, 'base64')}'`

export interface Page {
  title: string
  body: Html
  /**
   * Where a form of the page may lead, beside this server: browsers look at redirects that follow a form too. Origins
   * or schemes (`org.example.app:`).
   */
  formTargets?: readonly string[]
}

/** The headers and the text of a page. It runs no script, is shown in no frame, and is kept by nobody. */
export function renderPage({ title, body, formTargets = [] }: Page): {
  headers: Record<string, string>
  text: string
} {
  const policy = [
    "default-src 'none'",
    `style-src ${styleHash}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
    `form-action ${["'self'", ...formTargets].join(' ')}`,
  ]
  return {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy.join('; '),
      'cache-control': 'no-store',
      // Its address goes nowhere else; without any, browsers would not say that a form of it is ours.
      'referrer-policy': 'same-origin',
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
    },
    text: html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Tidegauge</title>
<style>${styleSheet}</style>
</head>
<body>
<main>
<p class="brand">Tidegauge</p>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`.text,
  }
}
