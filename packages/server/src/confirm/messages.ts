import type { Message } from '../mail/mailer.ts'

/** What goes out by mail. Names that people gave themselves stand on a line of their own, and in no header. */

export function invitationMessage({
  to,
  inviter,
  link,
}: {
  to: string
  inviter: string
  link: string
}): Message {
  return {
    to,
    subject: 'An invitation to see diabetes data',
    text: `Somebody lets you in on their diabetes data:

  ${oneLine(inviter)}

Open this page to accept or to decline. The link is good for seven days.

${link}

If you do not know who that is, do nothing.
`,
  }
}

export function signUpMessage({ to, link }: { to: string; link: string }): Message {
  return {
    to,
    subject: 'Confirm your address',
    text: `An account was made with this address. Confirm that it is yours:

${link}

If you know nothing of it, do nothing.
`,
  }
}

export function resetMessage({ to, link }: { to: string; link: string }): Message {
  return {
    to,
    subject: 'A new password',
    text: `Somebody asked for a new password for the account with this address. Choose one here; the link is good for seven days.

${link}

If it was not you, do nothing: your password stays as it is.
`,
  }
}

function oneLine(text: string): string {
  return text
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
    .slice(0, 200)
}
