import type { Client, DataSet, UploadResult } from '@tidegauge/client'
import type { Window } from '@tidegauge/stats'
import { type DragEvent, useId, useState } from 'react'
import { said, useLoaded } from '../load.ts'
import { useStats } from '../numbers.ts'
import { Scrolls, State } from '../parts/common.tsx'
import { useSignedIn } from '../session.tsx'
import { useView } from '../view.ts'
import { addDays, dateOf, dayAndYear, timeText } from '../wall-clock.ts'

/** Where the data come from, what is missing or double, and a place to bring more. */
export default function Records() {
  const view = useView()
  return (
    <>
      <h1>Data</h1>
      {view.isOwn && <Upload />}
      <Sources />
      <Quality />
      {view.isOwn && <Parked />}
    </>
  )
}

interface Progress {
  name: string
  sent: number
  total: number
  result?: UploadResult
  error?: string
}

/** Files of records: a JSON array or a record on each line, gzipped or not. */
function Upload() {
  const { client } = useSignedIn()
  const [progress, setProgress] = useState<Progress>()
  const [isOver, setIsOver] = useState(false)
  const input = useId()
  const send = async (files: readonly File[]) => {
    for (const file of files) {
      setProgress({ name: file.name, sent: 0, total: 0 })
      try {
        const records = await recordsOf(file)
        setProgress({ name: file.name, sent: 0, total: records.length })
        const result = await client.restore(records, {
          open: { clientName: 'org.tidegauge.web', clientVersion: '1.0.0' },
          onProgress: ({ sent }) => setProgress({ name: file.name, sent, total: records.length }),
        })
        setProgress({ name: file.name, sent: result.sent, total: records.length, result })
      } catch (error) {
        setProgress({ name: file.name, sent: 0, total: 0, error: said(error) })
        return
      }
    }
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setIsOver(false)
    void send([...event.dataTransfer.files])
  }
  return (
    <section
      className={`card drop ${isOver ? 'over' : ''}`}
      aria-label="Bring files"
      onDragOver={(event) => {
        event.preventDefault()
        setIsOver(true)
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={drop}
    >
      <h2>Bring a file</h2>
      <p>
        Drop files of records here, or{' '}
        <label className="file" htmlFor={input}>
          choose them
        </label>
        <input
          id={input}
          className="unseen"
          type="file"
          multiple
          accept=".json,.ndjson,.jsonl,.gz"
          onChange={({ target }) => {
            void send([...(target.files ?? [])])
            // The same file can be chosen again, mended.
            target.value = ''
          }}
        />
        . What is there already is not there twice.
      </p>
      {progress && (
        <div role="status">
          <p>
            {progress.name}: {progress.error === undefined ? sentence(progress) : ''}
          </p>
          {progress.result && <Refused result={progress.result} />}
          {progress.error !== undefined ? (
            <p className="error" role="alert">
              {progress.error}
            </p>
          ) : (
            <progress
              max={Math.max(1, progress.total)}
              value={progress.result ? Math.max(1, progress.total) : progress.sent}
              aria-label={`Upload of ${progress.name}`}
            />
          )}
        </div>
      )}
    </section>
  )
}

const MOST_REFUSED = 20

/** Which records the server did not take, and why. */
function Refused({ result: { refused, refusals } }: { result: UploadResult }) {
  if (refused === 0) return null
  const shown = refusals.slice(0, MOST_REFUSED)
  return (
    <>
      <ul className="error">
        {shown.map(({ index, problems }) => (
          <li key={index}>
            Record {index + 1}:{' '}
            {problems.map(({ pointer, detail }) => [pointer, detail].filter(Boolean).join(': ')).join('; ')}
          </li>
        ))}
      </ul>
      {refused > shown.length && <p>And {(refused - shown.length).toLocaleString('en')} more.</p>}
    </>
  )
}

function sentence({ sent, total, result }: Progress): string {
  if (!result)
    return total === 0
      ? 'is being read'
      : `${sent.toLocaleString('en')} of ${total.toLocaleString('en')} records`
  const { receipt } = result
  const words = [`${result.sent.toLocaleString('en')} records are there`]
  if (receipt) words.push(`${receipt.new.toLocaleString('en')} of them new`)
  if (result.refused > 0) words.push(`${result.refused.toLocaleString('en')} refused`)
  return `${words.join(', ')}.`
}

/** @throws {Error} What the file has is no records; says where. */
async function recordsOf(file: File): Promise<object[]> {
  const text = (await textOf(file)).trim()
  if (text.startsWith('[')) {
    try {
      return JSON.parse(text)
    } catch {
      throw new Error('The file is no JSON, or ends too early. Nothing of it was sent.')
    }
  }
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line, place) => {
      try {
        return JSON.parse(line)
      } catch {
        throw new Error(`Line ${place + 1} is no record. A file has a JSON array, or a record on each line.`)
      }
    })
}

async function textOf(file: File): Promise<string> {
  const [first, second] = new Uint8Array(await file.slice(0, 2).arrayBuffer())
  if (first !== 0x1f || second !== 0x8b) return file.text()
  try {
    return await new Response(file.stream().pipeThrough(new DecompressionStream('gzip'))).text()
  } catch {
    throw new Error('The file is packed, and cannot be unpacked: it is damaged. Nothing of it was sent.')
  }
}

const MOST_SETS = 200
const MOST_LOOKED_AT = 30

/** When the newest record of a data set is of; undefined if it has none. */
async function lastRecordMs(client: Client, userId: string, dataSetId: string, signal: AbortSignal) {
  let lastMs: number | undefined
  for await (const { type, time = '' } of client.readData({ userId, dataSetId, latest: true, signal })) {
    // The data set itself is among its records.
    if (type !== 'upload') lastMs = Math.max(lastMs ?? Number.NEGATIVE_INFINITY, Date.parse(time))
  }
  return lastMs
}

function Sources() {
  const { client } = useSignedIn()
  const { userId, zone } = useView()
  const sets = useLoaded(`sets ${userId}`, async (signal) => {
    const found: DataSet[] = []
    for await (const set of client.listDataSets({ userId, signal })) {
      found.push(set)
      if (found.length === MOST_SETS) break
    }
    return Promise.all(
      found.map(async (set, place) => ({
        set,
        lastMs: place < MOST_LOOKED_AT ? await lastRecordMs(client, userId, set.id, signal) : undefined,
      })),
    )
  })
  return (
    <section className="card">
      <h2>Data sets</h2>
      <State of={sets}>
        {(all) =>
          all.length === 0 ? (
            <p>There are none yet.</p>
          ) : (
            <Scrolls label="Data sets">
              <table className="plain">
                <thead>
                  <tr>
                    <th scope="col">From</th>
                    <th scope="col">Device</th>
                    <th scope="col">Kind</th>
                    <th scope="col">Since</th>
                    <th scope="col">Last record</th>
                  </tr>
                </thead>
                <tbody>
                  {all.map(({ set: one, lastMs }) => (
                    <tr key={one.id}>
                      <td>{one.client?.name ?? 'a program without a name'}</td>
                      <td>{one.deviceId ?? one.deviceTags?.join(', ') ?? '–'}</td>
                      <td>{one.dataSetType ?? 'normal'}</td>
                      <td>
                        {one.createdTime ? timeText(Date.parse(one.createdTime), zone, dayAndYear) : '–'}
                      </td>
                      <td>
                        {lastMs === undefined
                          ? '–'
                          : timeText(lastMs, zone, { ...dayAndYear, hour: '2-digit', minute: '2-digit' })}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </Scrolls>
          )
        }
      </State>
    </section>
  )
}

const SHORT_DAY = 0.7

/** The local days that lie wholly in a window. */
function datesWithin({ from, to, timeZone }: Window): string[] {
  const dates: string[] = []
  const last = dateOf(Date.parse(to), timeZone)
  for (let date = addDays(dateOf(Date.parse(from), timeZone), 1); date < last; date = addDays(date, 1))
    dates.push(date)
  return dates
}

function Quality() {
  const view = useView()
  const stats = useStats(view)
  return (
    <section className="card">
      <h2>The last 14 days</h2>
      <State of={stats}>
        {({ n, sensor, excluded, daily, window }) => {
          const expected = sensor.coveredMinutes > 0 ? Math.round((1440 * n) / sensor.coveredMinutes) : 288
          // Of whole days: the first and the last day of the window are parts of one.
          const dates = datesWithin(window)
          const empty = dates.filter((date) => !daily[date])
          const short = dates.flatMap((date) => {
            const share = (daily[date]?.n ?? 0) / expected
            return share > 0 && share < SHORT_DAY ? [`${date} (${Math.round(100 * share)} %)`] : []
          })
          return (
            <ul>
              <li>
                {n.toLocaleString('en')} readings, {Math.round(sensor.last14dPercent ?? 0)} % of the time.
              </li>
              <li>
                {empty.length > 0
                  ? `Days without any reading: ${empty.join(', ')}.`
                  : 'Every day has readings.'}
              </li>
              <li>
                {short.length === 0
                  ? 'No day has a gap of more than a third.'
                  : `Days with gaps: ${short.join(', ')}.`}
              </li>
              <li>
                {excluded.duplicates === 0
                  ? 'No duplicates.'
                  : `${excluded.duplicates} duplicates, which no number counts.`}
              </li>
            </ul>
          )
        }}
      </State>
    </section>
  )
}

/** Faulty records that the server keeps aside, if that was asked for. */
function Parked() {
  const { client } = useSignedIn()
  const [error, setError] = useState<string>()
  const parked = useLoaded('parked', async (signal) => {
    const { enabled } = await client.quarantine.settings({ signal })
    const found: { id: string; problem: string }[] = []
    for await (const { id, problems } of client.quarantine.list({ signal })) {
      const [first] = problems
      found.push({
        id,
        problem: first
          ? `${first.pointer ?? ''}: ${first.detail ?? first.title ?? 'not valid'}`
          : 'not valid',
      })
      if (found.length === 100) break
    }
    return { enabled, found }
  })
  const drop = async (id: string) => {
    setError(undefined)
    try {
      await client.quarantine.drop(id)
    } catch (problem) {
      setError(said(problem))
    }
    parked.again()
  }
  return (
    <section className="card">
      <h2>Kept aside</h2>
      {error !== undefined && (
        <p className="error" role="alert">
          {error}
        </p>
      )}
      <State of={parked}>
        {({ enabled, found }) => (
          <>
            <p>
              {enabled
                ? 'Faulty records are kept aside and the others of their upload stored.'
                : 'An upload with a faulty record is refused as a whole. The command line can change that: tidegauge quarantine on.'}
            </p>
            {found.length > 0 && (
              <ul>
                {found.map(({ id, problem }) => (
                  <li key={id}>
                    {problem}{' '}
                    <button type="button" className="quiet" onClick={() => void drop(id)}>
                      Drop
                    </button>
                  </li>
                ))}
              </ul>
            )}
          </>
        )}
      </State>
    </section>
  )
}
