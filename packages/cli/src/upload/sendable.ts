import { hash } from 'node:crypto'
import { asSent } from '@tidegauge/client'
// Not from the package's index, which loads every schema: a third of the memory of an upload.
import { canonicalJson } from '@tidegauge/model/canonical-json'

type Fields = Record<string, unknown>

/**
 * A record of a file in the form in which it is sent, see `asSent` of the SDK. One that has no `id` to be known by
 * gets the SHA-256 (hex) of its canonical JSON as its origin id. Throws `NestedTooDeep`.
 */
export function toSend(record: Fields): Fields {
  return asSent(record, {
    name: 'org.tidegauge.cli',
    contentId: (fields) => hash('sha256', canonicalJson(fields)),
  })
}
