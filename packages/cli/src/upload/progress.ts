import type { Receipt, RestoredDataSet, Retrying, Unlinked } from '@tidegauge/client'
import type { Output } from '../output.ts'
import type { Notices } from '../terminal.ts'
import type { Located } from './inputs.ts'
import { Pace } from './pace.ts'
import type { Refusal } from './refusals.ts'

/** Where an upload stands. */
export interface Standing {
  sent: number
  refused: number
  /** Records from the beginning of the input that are done with. */
  settled: number
  /** Part of the input's bytes that is done with, from 0 to 1. */
  fraction: number
  /** What became of the acknowledged records, from a server that tells. */
  receipt?: Receipt | undefined
  /** Present while the uploader waits before it tries a chunk again. */
  retrying?: Retrying | undefined
}

/** Tells somebody how an upload goes. */
export interface Progress {
  update(standing: Standing): void
  refused(refusal: Refusal): void
  /** A data set that is described in a file was found or made. */
  dataSet(dataSet: Located & Omit<RestoredDataSet, 'index'>): void
  /** A record goes without the one that it links to. */
  unlinked(unlinked: Located & Omit<Unlinked, 'index'>): void
  /** No more updates come; other lines may. */
  end(): void
}

type Clock = () => number

/** For a person who watches: one line that changes. */
export function progressBar(err: Notices, now: Clock = () => performance.now()): Progress {
  const pace = new Pace()
  let drawnAtMs = Number.NEGATIVE_INFINITY
  let last: Standing | undefined
  const draw = (standing: Standing) => {
    drawnAtMs = now()
    err.write(`\r${barLine(standing, pace, err.columns - 1)}\x1b[K`)
  }
  return {
    update(standing) {
      last = standing
      pace.add(now(), standing.settled, standing.fraction)
      if (standing.retrying || now() - drawnAtMs >= 100) draw(standing)
    },
    refused: () => undefined,
    dataSet: () => undefined,
    unlinked: () => undefined,
    end() {
      if (!last) return
      draw({ ...last, retrying: undefined })
      err.write('\n')
    },
  }
}

/** For a log: a line now and then. */
export function progressLines(
  err: Notices,
  now: Clock = () => performance.now(),
  everyMs = 10_000,
): Progress {
  const pace = new Pace(60_000)
  let saidAtMs = now()
  return {
    update(standing) {
      pace.add(now(), standing.settled, standing.fraction)
      if (standing.retrying) err.line(retryText(standing.retrying))
      else if (now() - saidAtMs >= everyMs) {
        saidAtMs = now()
        err.line(facts(standing, pace).join(', '))
      }
    },
    refused: () => undefined,
    dataSet: () => undefined,
    unlinked: () => undefined,
    end: () => undefined,
  }
}

/** For a script: everything, one JSON object on each line of standard output. */
export function progressJson(out: Output): Progress {
  return {
    update({ retrying, receipt, ...standing }) {
      const { sent, refused, settled } = standing
      const fraction = Math.round(standing.fraction * 1e4) / 1e4
      out.line(
        JSON.stringify({
          event: 'progress',
          sent,
          refused,
          settled,
          fraction,
          receipt,
          ...(retrying && { retrying }),
        }),
      )
    },
    refused: (refusal) => out.line(JSON.stringify({ event: 'refused', ...refusal })),
    dataSet: ({ leftOut, ...dataSet }) =>
      out.line(
        JSON.stringify({
          event: 'data-set',
          ...dataSet,
          ...(leftOut.length > 0 && { leftOut: leftOut.map(({ code, pointer }) => ({ code, pointer })) }),
        }),
      ),
    unlinked: (unlinked) => out.line(JSON.stringify({ event: 'unlinked', ...unlinked })),
    end: () => undefined,
  }
}

function barLine(standing: Standing, pace: Pace, columns: number): string {
  const [percent = '', ...others] = facts(standing, pace)
  const text = standing.retrying ? retryText(standing.retrying) : others.join('  ')
  const width = Math.min(30, columns - text.length - 10)
  if (width < 5) return `${percent.padStart(5)}  ${text}`.slice(0, columns)
  const filled = Math.round(standing.fraction * width)
  const bar = `${'='.repeat(filled)}>`.slice(0, width).padEnd(width)
  return `${percent.padStart(5)} [${bar}] ${text}`.slice(0, columns)
}

function facts(standing: Standing, pace: Pace): string[] {
  const { settled, refused, fraction } = standing
  const rate = pace.recordsPerSecond
  const remaining = pace.remainingSeconds
  return [
    `${Math.floor(fraction * 100)} %`,
    `${count(settled)} records`,
    ...(refused > 0 ? [`${count(refused)} refused`] : []),
    ...(rate === undefined ? [] : [`${count(Math.round(rate))}/s`]),
    ...(remaining === undefined || fraction >= 1 ? [] : [`${duration(remaining)} left`]),
  ]
}

function retryText({ attempt, delayMs, reason, status }: Retrying): string {
  const why = status === undefined ? reason : `${reason}, ${status}`
  return `the chunk did not get through (${why}); try ${attempt} in ${duration(delayMs / 1000)}`
}

export function count(n: number): string {
  return n.toLocaleString('en-US')
}

function duration(seconds: number): string {
  const whole = Math.ceil(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`
}
