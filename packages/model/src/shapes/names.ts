import { LOCAL_TIME } from '../faults/fault.ts'
import { textLike } from '../fields/text.ts'
import { DATUM_ID } from '../ids.ts'
import { isLocalTime } from '../time.ts'
import { isTimeZone } from '../time-zones.ts'

export const datumId = textLike('as data id', DATUM_ID)

/** What a device's clock shows: no zone. */
export const localTime = textLike(`as time with layout "${LOCAL_TIME}"`, isLocalTime, { emptyIsNot: 'valid' })

/** A name of the IANA time zone database, older names included. */
export const timeZone = textLike('time zone name', isTimeZone)

/** An absolute URL with a host. */
export const url = textLike('as url', isUrl, { maxBytes: 2047 })

const LABEL = '[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?'

/** `org.example.app` */
export const reverseDomain = textLike('as reverse domain', new RegExp(`^${LABEL}(?:\\.${LABEL})+$`), {
  maxBytes: 253,
})

const ESCAPE = '%[0-9a-fA-F]{2}'
const USER = `(?:[\\w.~!$&'()*+,;=:@-]|${ESCAPE})*@`
const HOST = `\\[[\\w.:%~-]*\\]|(?:[\\w.~!$&'()*+,;=<>"-]|[^\\0-\\x7f]|%[89a-fA-F][0-9a-fA-F]|%25)*`
const URL_FORM = new RegExp(
  `^[a-zA-Z][a-zA-Z0-9+.-]*://(?:${USER})?((?:${HOST})(?::[0-9]*)?)` +
    `(?:/(?:[^%?#]|${ESCAPE})*)?(?:\\?[^#]*)?(?:#(?:[^%]|${ESCAPE})*)?$`,
)

/** As Go's `url.Parse` sees it: stricter than the browser's `URL` about the host, and it mends nothing. */
function isUrl(text: string): boolean {
  const [beforeFragment = ''] = text.split('#', 1)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\0-\x1f\x7f]/.test(beforeFragment)) return false
  const [, host = ''] = URL_FORM.exec(text) ?? []
  return host !== ''
}
