import type { Profile } from '../profile.ts'
import { bounds, type GlucoseUnits } from '../ranges.ts'

/**
 * The profile of a day as a picture: percentiles over the time of day, on white, for a screen as for paper. Text of SVG, made of the numbers
 * alone. Smoothed as the printed standard is (metrics.md §9); only the drawing is clipped at the top of the scale.
 */
export function profileSvg(
  profile: Profile,
  { title = 'Glucose profile', target, colours = onWhite }: ProfileSvgOptions = {},
): string {
  const { units, n, days, window, percentiles, smoothed, reason, sensor } = profile
  const scale = scaleOf(units)
  const lines = percentiles.map((percent) => ({
    percent,
    points: smoothed.map((bin) => ({
      minute: bin.minute + profile.binMinutes / 2,
      value: bin[`p${percent}`] ?? null,
    })),
  }))
  const middle = lines.find(({ percent }) => percent === 50)
  const pairs = lines
    .slice(0, Math.floor(lines.length / 2))
    .map((low, place) => ({ low, high: lines[lines.length - 1 - place] as Line }))
    .filter(({ low, high }) => low.percent + high.percent === 100)
  const { low, high } = target ?? bounds[units]
  const y = (value: number) => TOP + HEIGHT * (1 - Math.min(value, scale.top) / scale.top)
  const described = describe(profile, middle)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${FULL_HEIGHT}" width="${WIDTH}" height="${FULL_HEIGHT}" font-family="DejaVu Sans, Helvetica, Arial, sans-serif" role="img" aria-labelledby="profile-title profile-text">`,
    `<title id="profile-title">${escaped(title)}</title><desc id="profile-text">${escaped(described)}</desc>`,
    `<rect width="${WIDTH}" height="${FULL_HEIGHT}" fill="${colours.paper}"/>`,
    text(title, { x: LEFT, y: 34, size: 22, weight: 600, fill: colours.ink }),
    text(subtitle(window, n, days), { x: LEFT, y: 56, size: 15, fill: colours.muted }),
    `<rect x="${LEFT}" y="${round(y(high))}" width="${PLOT}" height="${round(y(low) - y(high))}" fill="${colours.targetArea}"/>`,
    ...ticksOf(scale.ticks, low, high).map((value) =>
      gridLine(y(value), value.toFixed(units === 'mg/dL' ? 0 : 1), {
        colours,
        isTarget: value === low || value === high,
      }),
    ),
    ...[0, 3, 6, 9, 12, 15, 18, 21, 24].map((hour) => hourLine(hour, colours)),
    // Bins at both ends reach over midnight.
    `<clipPath id="plot"><rect x="${LEFT}" y="${TOP}" width="${PLOT}" height="${HEIGHT}"/></clipPath><g clip-path="url(#plot)">`,
    ...pairs.map((pair, place) => band(pair, y, colourOf(place, pairs.length, colours))),
    ...(middle ? [line(middle, y, colours)] : []),
    '</g>',
    targetLine(y(low), colours),
    targetLine(y(high), colours),
    `<rect x="${LEFT}" y="${TOP}" width="${PLOT}" height="${HEIGHT}" fill="none" stroke="${colours.frame}"/>`,
    text(units, { x: LEFT, y: TOP - 12, size: 14, fill: colours.muted }),
    ...edgeLabels(lines, y, colours),
    ...legend(lines, pairs, colours),
    ...notes(colours, [
      ...(n === 0 ? ['There are no readings in this time.'] : []),
      ...(n > 0 && reason !== undefined ? [`Read with care: ${reason}.`] : []),
      `Sensor worn ${(sensor.last14dPercent ?? 0).toFixed(0)} % of the last 14 days. Percentiles of ${profile.binMinutes} minutes, smoothed. Times of ${window.timeZone}.`,
      'Not a medical device. No dosing advice.',
    ]),
    '</svg>\n',
  ].join('\n')
}

const WIDTH = 960
const LEFT = 64
const RIGHT = 76
const TOP = 92
const HEIGHT = 360
const PLOT = WIDTH - LEFT - RIGHT
const FULL_HEIGHT = TOP + HEIGHT + 124

/** Any paint that SVG knows, also `var(--name)` where the picture stands in a page. */
export interface ProfileColours {
  paper: string
  ink: string
  muted: string
  grid: string
  frame: string
  /** From the widest band to the narrowest. */
  bands: readonly [string, string]
  median: string
  target: string
  targetArea: string
}

export interface ProfileSvgOptions {
  title?: string
  /** In the units of the profile; 70 to 180 mg/dL if not given. */
  target?: { low: number; high: number }
  colours?: ProfileColours
}

const onWhite: ProfileColours = {
  paper: '#ffffff',
  ink: '#1c2430',
  muted: '#4a5463',
  grid: '#dde2e8',
  frame: '#8a94a3',
  bands: ['#c5d8f0', '#86aede'],
  median: '#123f7a',
  target: '#2f7d4f',
  targetArea: '#e4f4ea',
}

/** The limits of another target take the place of those that their names would touch. */
function ticksOf(ticks: readonly number[], low: number, high: number): number[] {
  const top = ticks.at(-1) ?? 0
  const isFree = (value: number) => [low, high].every((limit) => Math.abs(value - limit) > top / 22)
  return [...ticks.filter((value) => value === 0 || isFree(value)), low, high].sort((a, b) => a - b)
}

interface Line {
  percent: number
  points: { minute: number; value: number | null }[]
}

interface Pair {
  low: Line
  high: Line
}

function scaleOf(units: GlucoseUnits): { top: number; ticks: number[] } {
  if (units === 'mg/dL') return { top: 350, ticks: [0, 54, 70, 140, 180, 250, 350] }
  return { top: 19.4, ticks: [0, 3, 3.9, 7.8, 10, 13.9, 19.4] }
}

function x(minute: number): number {
  return LEFT + (PLOT * minute) / (24 * 60)
}

/** Runs of bins that have a value. A day goes on after midnight, so both ends reach the edge. */
function runs({ points }: Line): { minute: number; value: number }[][] {
  const around = [points.at(-1), ...points, points[0]].map((point, place) => ({
    minute: (point?.minute ?? 0) + (place === 0 ? -24 * 60 : place > points.length ? 24 * 60 : 0),
    value: point?.value ?? null,
  }))
  const found: { minute: number; value: number }[][] = []
  let run: { minute: number; value: number }[] = []
  for (const { minute, value } of around) {
    if (value === null) {
      found.push(run)
      run = []
    } else run.push({ minute, value })
  }
  return [...found, run].filter(({ length }) => length > 1)
}

function band({ low, high }: Pair, y: (value: number) => number, fill: string): string {
  const lower = runs(low)
  return runs(high)
    .map((upper, place) => {
      const back = (lower[place] ?? []).toReversed()
      const points = [...upper, ...back].map(({ minute, value }) => `${round(x(minute))},${round(y(value))}`)
      return `<polygon points="${points.join(' ')}" fill="${fill}"/>`
    })
    .join('\n')
}

function line(of: Line, y: (value: number) => number, { median }: ProfileColours): string {
  return runs(of)
    .map((run) => {
      const points = run.map(({ minute, value }) => `${round(x(minute))},${round(y(value))}`).join(' ')
      return `<polyline points="${points}" fill="none" stroke="${median}" stroke-width="3" stroke-linejoin="round"/>`
    })
    .join('\n')
}

function gridLine(
  at: number,
  label: string,
  { colours: { grid, target, muted }, isTarget }: { colours: ProfileColours; isTarget: boolean },
): string {
  const y = round(at)
  const style = { x: LEFT - 10, y: y + 4, size: 14, anchor: 'end', fill: isTarget ? target : muted } as const
  return `<line x1="${LEFT}" x2="${LEFT + PLOT}" y1="${y}" y2="${y}" stroke="${grid}"/>${text(label, isTarget ? { ...style, weight: 600 } : style)}`
}

function targetLine(at: number, { target }: ProfileColours): string {
  return `<line x1="${LEFT}" x2="${LEFT + PLOT}" y1="${round(at)}" y2="${round(at)}" stroke="${target}" stroke-width="1.5"/>`
}

function hourLine(hour: number, { grid, muted }: ProfileColours): string {
  const at = round(x(hour * 60))
  const label = `${String(hour % 24).padStart(2, '0')}:00`
  return `<line x1="${at}" x2="${at}" y1="${TOP}" y2="${TOP + HEIGHT}" stroke="${grid}" stroke-opacity="0.5"/>${text(label, { x: at, y: TOP + HEIGHT + 22, size: 14, fill: muted, anchor: 'middle' })}`
}

/** Each line is named where it ends, as colours alone say it to nobody who cannot tell them apart. */
function edgeLabels(
  lines: readonly Line[],
  y: (value: number) => number,
  { median, muted }: ProfileColours,
): string[] {
  const ends = lines.flatMap(({ percent, points }) => {
    // Where the line meets midnight, half-way to the first bin.
    const [last, first] = [points.at(-1)?.value ?? null, points[0]?.value ?? null]
    return last === null ? [] : [{ percent, at: y(first === null ? last : (last + first) / 2) }]
  })
  const apart = 17
  const placed: { percent: number; at: number }[] = []
  // From the top of the picture on, the greatest first.
  for (const { percent, at } of ends.toReversed()) {
    const above = placed.at(-1)?.at ?? Number.NEGATIVE_INFINITY
    placed.push({ percent, at: Math.max(at, above + apart) })
  }
  return placed.map(({ percent, at }) =>
    text(percent === 50 ? 'median' : `${percent}th`, {
      ...{ x: LEFT + PLOT + 8, y: at + 4, size: 14 },
      ...(percent === 50 ? { weight: 600, fill: median } : { fill: muted }),
    }),
  )
}

function legend(lines: readonly Line[], pairs: readonly Pair[], colours: ProfileColours): string[] {
  const items = [
    ...pairs.map(({ low, high }, place) => ({
      fill: colourOf(place, pairs.length, colours),
      label: `${high.percent - low.percent} % of readings`,
    })),
    ...(lines.some(({ percent }) => percent === 50) ? [{ fill: colours.median, label: 'median' }] : []),
    { fill: colours.targetArea, label: 'target' },
  ]
  let at = LEFT + PLOT
  return items.toReversed().map(({ fill, label }) => {
    const height = label === 'median' ? 3 : 14
    at -= label.length * 8 + 48
    const swatch = `<rect x="${at}" y="${TOP - 24 + (14 - height) / 2}" width="22" height="${height}" fill="${fill}"${label === 'target' ? ` stroke="${colours.target}"` : ''}/>`
    return swatch + text(label, { x: at + 28, y: TOP - 12, size: 14, fill: colours.ink })
  })
}

function colourOf(place: number, pairs: number, { bands }: ProfileColours): string {
  return bands[Math.max(0, place + bands.length - pairs)] ?? bands[0]
}

function notes({ muted }: ProfileColours, sentences: readonly string[]): string[] {
  return sentences.map((sentence, place) =>
    text(sentence, { x: LEFT, y: TOP + HEIGHT + 50 + place * 21, size: 14, fill: muted }),
  )
}

function subtitle({ from, to, timeZone }: Profile['window'], n: number, days: number): string {
  // Not by `Temporal`: this is drawn in browsers too.
  const dates = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' })
  const day = (time: string) => dates.format(Date.parse(time))
  const last = new Date(Date.parse(to) - 1).toISOString()
  return `${day(from)} to ${day(last)} · ${n.toLocaleString('en')} readings on ${days} ${days === 1 ? 'day' : 'days'}`
}

/** For who hears the picture. */
function describe({ units, binMinutes }: Profile, middle: Line | undefined): string {
  const values = (middle?.points ?? []).filter(
    (one): one is { minute: number; value: number } => one.value !== null,
  )
  if (values.length === 0) return 'There are no readings to draw.'
  const at = ({ minute, value }: { minute: number; value: number }) => {
    const begin = minute - binMinutes / 2
    const clock = `${String(Math.floor(begin / 60)).padStart(2, '0')}:${String(begin % 60).padStart(2, '0')}`
    return `${value.toFixed(units === 'mg/dL' ? 0 : 1)} ${units} at ${clock}`
  }
  const sorted = values.toSorted((a, b) => a.value - b.value)
  return `The median is lowest with ${at(sorted[0] as (typeof sorted)[number])} and highest with ${at(sorted.at(-1) as (typeof sorted)[number])}.`
}

interface TextStyle {
  x: number
  y: number
  size: number
  fill: string
  weight?: number
  anchor?: 'start' | 'middle' | 'end'
}

function text(content: string, { x, y, size, fill, weight = 400, anchor = 'start' }: TextStyle): string {
  return `<text x="${x}" y="${round(y)}" font-size="${size}" font-weight="${weight}" fill="${fill}" text-anchor="${anchor}">${escaped(content)}</text>`
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}

function escaped(content: string): string {
  return content.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
