import { test } from 'node:test'
import { seededRandom } from './crash.ts'
import {
  failedClose,
  killedWhileReplacing,
  polledWhileReplaced,
  postsAndClose,
  type Race,
  sameOriginsAtOnce,
} from './races.ts'

const TIMES = 10
const titles: [string, Race][] = [
  [
    '[DD-8] parallel posts of the same origins end in one record each, all of one post (scenario 26)',
    sameOriginsAtOnce,
  ],
  [
    '[DD-9] a reader sees a record that is replaced exactly once at every moment (scenario 27)',
    polledWhileReplaced,
  ],
  [
    '[OP-11] a server killed while it replaces has the old or the new record, once (scenario 28)',
    killedWhileReplacing,
  ],
  ['[DS-26] a close that fails on its way changes nothing and can be repeated (scenario 50)', failedClose],
  ['[DS-27] what is posted while a data set closes is visible or refused (scenario 51)', postsAndClose],
]
for (const [title, race] of titles) {
  test(`${title}, ${TIMES} times (npm run soak: 200)`, () => race(TIMES, seededRandom(20260105)))
}
