import { Readable } from 'node:stream'
import { readData } from '../../query/read-data.ts'
import type { Store } from '../../store/port.ts'
import { lenientQueryOf } from '../query-string.ts'
import { readParameters } from '../read-parameters.ts'
import type { Route } from '../routing.ts'

/** A reader that takes nothing for so long is let go: it holds a snapshot, and the log grows behind it. */
const STALLED_MS = 60_000
/** So is one that takes a byte now and then. */
const LONGEST_READ_MS = 30 * 60_000

/** `GET /data/{userId}`: what every reader uses (http.md §5.1). One record a line, never held whole. */
export function dataRoutes({ store }: { store: Store }): Route[] {
  return [
    {
      method: 'GET',
      paths: ['/data/:userId'],
      envelope: 'whisperer',
      restrictedToken: true,
      async handle(request, reply) {
        const parameters = readParameters(lenientQueryOf(request.url)) // before the permission, as clients know it
        const who = await request.identify()
        const batches = await readData({ store }, who, request.parameter('userId'), parameters)
        reply.raw.setTimeout(STALLED_MS, () => reply.raw.destroy())
        const overdue = setTimeout(() => reply.raw.destroy(), LONGEST_READ_MS)
        reply.raw.once('close', () => clearTimeout(overdue))
        reply.type('application/json')
        return reply.send(Readable.from(jsonArray(batches), { objectMode: false }))
      },
    },
  ]
}

/** A failure on the way ends the connection before the closing bracket, so that nobody takes a part for the whole. */
async function* jsonArray(batches: AsyncIterable<readonly string[]>): AsyncGenerator<Buffer> {
  let separator = '[\n'
  for await (const texts of batches) {
    if (texts.length === 0) continue
    yield Buffer.from(separator + texts.join(',\n'))
    separator = ',\n'
  }
  yield Buffer.from(separator === '[\n' ? '[]\n' : '\n]\n')
}
