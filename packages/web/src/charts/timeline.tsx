import type { GlucoseUnits, TargetGroup } from '@tidegauge/stats'
import { useEffect, useMemo, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { Beyond, Therapy } from '../data.ts'
import { glucoseText, inUnits, limitsOf, rangeOf, readingText } from '../glucose.ts'
import { clockChanges, timeText } from '../wall-clock.ts'

/** What is drawn: each reading, or of a long time the least, the middle and the greatest of each piece. */
export interface TimelineData {
  timesMs: ArrayLike<number>
  mgPerDl: ArrayLike<number>
  /** Of pieces: their ends in mg/dL, and how long they are. */
  pieces?: { min: ArrayLike<number>; max: ArrayLike<number>; ms: number }
  /** Readings, by their time, that a sensor could not measure. */
  beyond?: ReadonlyMap<number, Beyond>
  therapy?: Therapy | undefined
}

interface Props {
  data: TimelineData
  units: GlucoseUnits
  aims: TargetGroup
  zone: string
  fromMs: number
  toMs: number
  height: number
  /** What a screen reader says of it. */
  summary: string
  /** Called when somebody scrolls or zooms, with the time that they see now. */
  onRange?: ((fromMs: number, toMs: number) => void) | undefined
}

const MINUTE_MS = 60_000
export const SHORTEST_MS = 60 * MINUTE_MS
export const LONGEST_MS = 2 * 366 * 86_400_000
const TOP_MG_PER_DL = 350
/** How much of the height the insulin has, where there is any. */
const THERAPY_SHARE = 0.28

/** Colours are those of the style sheet, so that themes and palettes concern the chart too. */
function colours(element: Element): (name: string) => string {
  const style = getComputedStyle(element)
  return (name) => style.getPropertyValue(`--${name}`).trim()
}

export function Timeline(props: Props) {
  const place = useRef<HTMLDivElement>(null)
  const { data, units, aims, zone, fromMs, toMs, height, summary } = props
  const changes = useMemo(() => {
    const { timesMs } = data
    return timesMs.length === 0
      ? []
      : clockChanges(timesMs[0] as number, timesMs[timesMs.length - 1] as number, zone)
  }, [data, zone])
  const latest = useRef<Drawn>({ ...props, changes })
  latest.current = { ...props, changes }
  const plot = useRef<uPlot>(undefined)

  // biome-ignore lint/correctness/useExhaustiveDependencies: made anew for other units, aims or another zone alone
  useEffect(() => {
    const element = place.current
    if (!element) return
    const made = makePlot(element, latest)
    plot.current = made
    fill(made, latest.current)
    const stopMoving = movable(made, latest)
    const fit = new ResizeObserver(() =>
      made.setSize({ width: element.clientWidth, height: latest.current.height }),
    )
    fit.observe(element)
    const scheme = matchMedia('(prefers-color-scheme: dark)')
    const redraw = () => made.redraw(false)
    scheme.addEventListener('change', redraw)
    return () => {
      scheme.removeEventListener('change', redraw)
      fit.disconnect()
      stopMoving()
      made.destroy()
    }
  }, [units, aims, zone, height])

  // biome-ignore lint/correctness/useExhaustiveDependencies: what is drawn is read from `latest`
  useEffect(() => {
    if (plot.current) fill(plot.current, latest.current)
  }, [data, fromMs, toMs])

  return <div className="timeline" ref={place} role="img" aria-label={summary} />
}

interface Drawn extends Props {
  /** When the clock of the zone changes. */
  changes: readonly { atMs: number }[]
}

type Latest = { current: Drawn }

function fill(plot: uPlot, { data, units, fromMs, toMs }: Props): void {
  const seconds = Float64Array.from(data.timesMs, (ms) => ms / 1000)
  const values = Float64Array.from(data.mgPerDl, (value) => inUnits(value, units))
  plot.batch(() => {
    plot.setData([seconds, values] as unknown as uPlot.AlignedData, false)
    plot.setScale('x', { min: fromMs / 1000, max: toMs / 1000 })
  })
}

function makePlot(element: HTMLDivElement, latest: Latest): uPlot {
  const colour = colours(element)
  const { units, aims, zone, height } = latest.current
  const top = inUnits(TOP_MG_PER_DL, units)
  const { veryLow, low, high, veryHigh } = limitsOf(units, aims)
  const named = [...(height < 380 ? [] : [veryLow]), low, high, veryHigh, top].filter(Number.isFinite)
  const axis = {
    stroke: () => colour('muted'),
    grid: { stroke: () => colour('grid'), width: 1 },
    ticks: { show: false },
    font: '12px system-ui',
  }
  return new uPlot(
    {
      width: element.clientWidth,
      height,
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), zone),
      padding: [10, 34, 0, 0],
      legend: { show: false },
      cursor: { drag: { x: false, y: false }, points: { show: false }, y: false },
      scales: {
        x: { time: true, auto: false },
        // Below the glucose there is room for the insulin.
        y: {
          auto: false,
          range: () => [latest.current.data.therapy ? (-top * THERAPY_SHARE) / (1 - THERAPY_SHARE) : 0, top],
        },
      },
      axes: [
        {
          ...axis,
          values: (_plot, splits, _axis, _space, increment) =>
            splits.map((at) => tick(at * 1000, increment, zone)),
        },
        {
          ...axis,
          size: 46,
          // Close to each other, only the one that counts most is named.
          splits: () => named,
          values: (_plot, splits) =>
            splits.map((value) => (units === 'mg/dL' ? String(value) : value.toFixed(1))),
        },
      ],
      series: [{}, { paths: () => null, points: { show: false } }],
      hooks: {
        drawClear: [(plot) => drawTarget(plot, colour, low, high)],
        draw: [(plot) => draw(plot, colour, latest.current)],
        setCursor: [(plot) => tell(plot, latest.current)],
      },
    },
    [[], []],
    element,
  )
}

function tick(ms: number, increment: number, zone: string): string {
  if (increment < 86_400) {
    const clock = timeText(ms, zone, { hour: '2-digit', minute: '2-digit' })
    return clock === '00:00'
      ? timeText(ms, zone, { weekday: 'short', day: 'numeric', month: 'short' })
      : clock
  }
  return increment < 28 * 86_400
    ? timeText(ms, zone, { day: 'numeric', month: 'short' })
    : timeText(ms, zone, { month: 'short', year: 'numeric' })
}

function drawTarget(
  { ctx, bbox, valToPos }: uPlot,
  colour: (name: string) => string,
  low: number,
  high: number,
): void {
  const [from, to] = [valToPos(high, 'y', true), valToPos(low, 'y', true)]
  ctx.fillStyle = colour('target-area')
  ctx.fillRect(bbox.left, from, bbox.width, to - from)
}

function draw(plot: uPlot, colour: (name: string) => string, props: Drawn): void {
  const { data, changes } = props
  const { ctx, bbox } = plot
  ctx.save()
  ctx.beginPath()
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height)
  ctx.clip()
  drawChanges(plot, colour, changes)
  if (data.pieces) drawPieces(plot, colour, props)
  else drawReadings(plot, colour, props)
  if (data.therapy) drawTherapy(plot, colour, data.therapy)
  ctx.restore()
  // For who measures how soon there is something to see.
  if (data.timesMs.length > 0 && performance.getEntriesByName('glucose drawn').length === 0)
    performance.mark('glucose drawn')
}

/** A broken line where the clock changes: the hours beside it are not a day as any other. */
function drawChanges(
  plot: uPlot,
  colour: (name: string) => string,
  changes: readonly { atMs: number }[],
): void {
  const { ctx, bbox } = plot
  ctx.save()
  ctx.strokeStyle = colour('muted')
  ctx.lineWidth = devicePixelRatio
  ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio])
  for (const { atMs } of changes) {
    const x = plot.valToPos(atMs / 1000, 'x', true)
    ctx.beginPath()
    ctx.moveTo(x, bbox.top)
    ctx.lineTo(x, bbox.top + bbox.height)
    ctx.stroke()
  }
  ctx.restore()
}

/** The places of the data that are in view, and one more at each end. */
function inView(plot: uPlot, { timesMs }: TimelineData): [from: number, to: number] {
  const { min = 0, max = 0 } = plot.scales.x ?? {}
  const at = (ms: number) => {
    let low = 0
    let high = timesMs.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((timesMs[middle] as number) < ms) low = middle + 1
      else high = middle
    }
    return low
  }
  return [Math.max(0, at((min ?? 0) * 1000) - 1), Math.min(timesMs.length, at((max ?? 0) * 1000) + 1)]
}

const colourNames = {
  veryHigh: 'very-high',
  high: 'high',
  target: 'target',
  low: 'low',
  veryLow: 'very-low',
} as const

/** Each reading a mark; its shape says what its colour does. */
function drawReadings(plot: uPlot, colour: (name: string) => string, { data, units, aims }: Props): void {
  const { ctx } = plot
  const scale = devicePixelRatio
  const [from, to] = inView(plot, data)
  const size = Math.max(1.6, Math.min(4, (plot.bbox.width / Math.max(1, to - from)) * 0.45)) * scale
  const top = inUnits(TOP_MG_PER_DL, units)
  for (let place = from; place < to; place++) {
    const mgPerDl = data.mgPerDl[place] as number
    const x = plot.valToPos((data.timesMs[place] as number) / 1000, 'x', true)
    const y = plot.valToPos(Math.min(inUnits(mgPerDl, units), top), 'y', true)
    const range = rangeOf(mgPerDl, units, aims)
    ctx.fillStyle = colour(colourNames[range])
    ctx.beginPath()
    if (range === 'target') ctx.arc(x, y, size, 0, 2 * Math.PI)
    else {
      const way = range === 'low' || range === 'veryLow' ? 1 : -1
      ctx.moveTo(x - size * 1.15, y - way * size)
      ctx.lineTo(x + size * 1.15, y - way * size)
      ctx.lineTo(x, y + way * size * 1.2)
    }
    ctx.fill()
  }
}

/** Of each piece of a long time a bar from its least to its greatest value, and its middle. */
function drawPieces(plot: uPlot, colour: (name: string) => string, { data, units, aims }: Props): void {
  const { ctx } = plot
  const { pieces } = data
  if (!pieces) return
  const [from, to] = inView(plot, data)
  const width = Math.max(1, plot.valToPos(pieces.ms / 1000, 'x', true) - plot.valToPos(0, 'x', true))
  const top = inUnits(TOP_MG_PER_DL, units)
  const y = (mgPerDl: number) => plot.valToPos(Math.min(inUnits(mgPerDl, units), top), 'y', true)
  for (let place = from; place < to; place++) {
    const x = plot.valToPos((data.timesMs[place] as number) / 1000, 'x', true)
    const [high, low] = [y(pieces.max[place] as number), y(pieces.min[place] as number)]
    ctx.fillStyle = colour('spread')
    ctx.fillRect(x, high, width, Math.max(1, low - high))
    const middle = data.mgPerDl[place] as number
    ctx.fillStyle = colour(colourNames[rangeOf(middle, units, aims)])
    ctx.fillRect(x, y(middle) - devicePixelRatio, width, 2 * devicePixelRatio)
  }
}

/** Under the glucose: basal as steps, boluses as bars from the bottom, carbohydrates as circles above them. */
function drawTherapy(plot: uPlot, colour: (name: string) => string, { doses, basal, events }: Therapy): void {
  const { ctx, bbox } = plot
  const scale = devicePixelRatio
  const bottom = bbox.top + bbox.height
  const room = bbox.height * THERAPY_SHARE * 0.92
  const x = (ms: number) => plot.valToPos(ms / 1000, 'x', true)
  const mostRate = Math.max(1, ...basal.map(({ rate }) => rate))
  for (const { fromMs, toMs, rate, kind } of basal) {
    const [left, right] = [x(fromMs), x(toMs)]
    if (right < bbox.left || left > bbox.left + bbox.width) continue
    const height = (rate / mostRate) * room * 0.45
    ctx.fillStyle = colour(kind === 'automated' ? 'automated' : 'basal')
    ctx.globalAlpha = 0.55
    ctx.fillRect(left, bottom - height, right - left, height)
    ctx.globalAlpha = 1
    if (kind !== 'suspend') continue
    ctx.strokeStyle = colour('low')
    ctx.lineWidth = 2 * scale
    ctx.beginPath()
    ctx.moveTo(left, bottom - scale)
    ctx.lineTo(right, bottom - scale)
    ctx.stroke()
  }
  // Whatever else happened, as diamonds along the top.
  ctx.fillStyle = colour('muted')
  for (const { timeMs } of events) {
    const [at, y, size] = [x(timeMs), bbox.top + 8 * scale, 5 * scale]
    if (at < bbox.left || at > bbox.left + bbox.width) continue
    ctx.beginPath()
    ctx.moveTo(at, y - size)
    ctx.lineTo(at + size, y)
    ctx.lineTo(at, y + size)
    ctx.lineTo(at - size, y)
    ctx.fill()
  }
  const mostUnits = Math.max(5, ...doses.map(({ units = 0 }) => units))
  ctx.font = `${11 * scale}px system-ui`
  ctx.textAlign = 'center'
  for (const { timeMs, units, grams, automated } of doses) {
    const at = x(timeMs)
    if (at < bbox.left - 10 || at > bbox.left + bbox.width + 10) continue
    if (units !== undefined) {
      const height = Math.max(2 * scale, (units / mostUnits) * room * 0.8)
      ctx.fillStyle = colour(automated ? 'automated' : 'bolus')
      ctx.fillRect(at - 2 * scale, bottom - height, 4 * scale, height)
    }
    if (grams !== undefined) {
      const y = bottom - room * 0.92
      ctx.fillStyle = colour('carbs')
      ctx.beginPath()
      ctx.arc(at, y, (4 + Math.min(6, grams / 15)) * scale, 0, 2 * Math.PI)
      ctx.fill()
    }
  }
}

/** The reading under the pointer, in words beside it. */
function tell(plot: uPlot, { data, units, zone }: Props): void {
  const place = plot.cursor.idx
  let note = plot.over.querySelector<HTMLElement>('.note')
  if (!note) {
    note = document.createElement('div')
    note.className = 'note'
    plot.over.append(note)
  }
  const { left = -1 } = plot.cursor
  const timeMs = place === null || place === undefined ? undefined : data.timesMs[place]
  if (left < 0 || timeMs === undefined || place === null || place === undefined) {
    note.hidden = true
    return
  }
  note.hidden = false
  const when = timeText(timeMs, zone, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  })
  const mgPerDl = data.mgPerDl[place] as number
  const value = readingText({ mgPerDl, beyond: data.beyond?.get(timeMs) }, units)
  const ends = data.pieces
    ? ` (${glucoseText(data.pieces.min[place] as number, units)} to ${glucoseText(data.pieces.max[place] as number, units)})`
    : ''
  note.textContent = `${when}: ${value}${ends} ${units}`
  note.style.transform = `translateX(${Math.min(Math.max(0, left - note.offsetWidth / 2), plot.over.clientWidth - note.offsetWidth)}px)`
}

/** Wheel and pinch zoom around where they are, dragging scrolls. */
function movable(plot: uPlot, latest: Latest): () => void {
  const { over } = plot
  const range = (): [number, number] => [(plot.scales.x?.min ?? 0) * 1000, (plot.scales.x?.max ?? 0) * 1000]
  const show = (fromMs: number, toMs: number) => {
    const length = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, toMs - fromMs))
    const middle = (fromMs + toMs) / 2
    const [from, to] = [middle - length / 2, middle + length / 2]
    plot.setScale('x', { min: from / 1000, max: to / 1000 })
    latest.current.onRange?.(from, to)
  }
  const zoom = (factor: number, share: number) => {
    const [from, to] = range()
    const at = from + (to - from) * share
    const length = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, (to - from) * factor))
    show(at - length * share, at + length * (1 - share))
  }
  const wheel = (event: WheelEvent) => {
    if (!latest.current.onRange) return
    event.preventDefault()
    const { left, width } = over.getBoundingClientRect()
    if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      const [from, to] = range()
      const by = ((to - from) * event.deltaX) / width
      show(from + by, to + by)
    } else zoom(1.0015 ** event.deltaY, (event.clientX - left) / width)
  }
  const pointers = new Map<number, number>()
  const down = (event: PointerEvent) => {
    if (!latest.current.onRange) return
    pointers.set(event.pointerId, event.clientX)
    over.setPointerCapture(event.pointerId)
  }
  const move = (event: PointerEvent) => {
    const before = pointers.get(event.pointerId)
    if (before === undefined) return
    const { left, width } = over.getBoundingClientRect()
    const others = [...pointers].filter(([id]) => id !== event.pointerId).map(([, x]) => x)
    pointers.set(event.pointerId, event.clientX)
    const [other] = others
    if (other === undefined) {
      const [from, to] = range()
      const by = ((before - event.clientX) / width) * (to - from)
      show(from + by, to + by)
    } else {
      const factor = Math.abs(before - other) / Math.max(1, Math.abs(event.clientX - other))
      zoom(factor, ((event.clientX + other) / 2 - left) / width)
    }
  }
  const up = (event: PointerEvent) => pointers.delete(event.pointerId)
  over.addEventListener('wheel', wheel, { passive: false })
  over.addEventListener('pointerdown', down)
  over.addEventListener('pointermove', move)
  over.addEventListener('pointerup', up)
  over.addEventListener('pointercancel', up)
  return () => {
    over.removeEventListener('wheel', wheel)
    over.removeEventListener('pointerdown', down)
    over.removeEventListener('pointermove', move)
    over.removeEventListener('pointerup', up)
    over.removeEventListener('pointercancel', up)
  }
}
