import nodemailer from 'nodemailer'
import type { Logger } from '../log.ts'

export interface Message {
  to: string
  subject: string
  /** Plain text. */
  text: string
}

/** Sends mail behind the caller's back: how long it takes tells nobody whether there was anything to send. */
export interface Mailer {
  send(message: Message): void
  /** Whether a message to this address would go out now: one is sent no more than one a minute and ten a day. */
  reaches(address: string): boolean
  /** Waits for what is on its way. */
  close(): Promise<void>
}

export interface MailConfig {
  /** `smtp://user:password@host:port`, or `smtps://…`. */
  smtpUrl: string
  /** From whom it comes. */
  from: string
}

const TIMEOUT_MS = 10_000
/** One address is sent no more than this, whoever asks. */
const BETWEEN_MS = 60_000
const PER_DAY = 10
const DAY_MS = 86_400_000
const REMEMBERED = 10_000

export function createMailer({ smtpUrl, from }: MailConfig, log: Logger, now: () => number): Mailer {
  const timeouts = { connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS }
  const transport = nodemailer.createTransport({ url: smtpUrl, ...timeouts })
  const onTheWay = new Set<Promise<void>>()
  const sent = new Map<string, number[]>()

  const today = (to: string) => (sent.get(to) ?? []).filter((ms) => now() - ms < DAY_MS)
  const reaches = (to: string): boolean => {
    const before = today(to)
    const last = before.at(-1)
    return before.length < PER_DAY && (last === undefined || now() - last >= BETWEEN_MS)
  }
  const remember = (to: string) => {
    const before = today(to)
    sent.delete(to)
    sent.set(to, [...before, now()])
    const oldest = sent.keys().next()
    if (sent.size > REMEMBERED && !oldest.done) sent.delete(oldest.value)
  }

  return {
    reaches,
    send({ to, subject, text }) {
      if (!reaches(to)) return
      remember(to)
      const sending = transport.sendMail({ from, to: { name: '', address: to }, subject, text }).then(
        () => {},
        // The library's errors name the address; ours do not.
        (error) =>
          log.error({ code: error?.code, responseCode: error?.responseCode }, 'a message could not be sent'),
      )
      onTheWay.add(sending)
      sending.finally(() => onTheWay.delete(sending))
    },
    async close() {
      await Promise.all(onTheWay)
      transport.close()
    },
  }
}
