import { type Profile, type ProfileColours, profileSvg, type TargetGroup } from '@tidegauge/stats'
import { useMemo } from 'react'
import { limitsOf, shown } from '../glucose.ts'
import { Scrolls } from '../parts/common.tsx'

/** Those of the style sheet, so that themes and palettes concern the picture too. */
const colours: ProfileColours = {
  paper: 'var(--card)',
  ink: 'var(--ink)',
  muted: 'var(--muted)',
  grid: 'var(--grid)',
  frame: 'var(--line)',
  bands: ['var(--outer-band)', 'var(--inner-band)'],
  median: 'var(--median)',
  target: 'var(--target)',
  targetArea: 'var(--target-area)',
}

/** The same picture as in the terminal and on paper, with a button for each bin over it, and its table. */
export function ProfileFigure({
  profile,
  title,
  aims,
  onBin,
}: {
  profile: Profile
  aims: TargetGroup
  title: string
  onBin?: (minute: number) => void
}) {
  const svg = useMemo(
    () => profileSvg(profile, { title, target: limitsOf(profile.units, aims), colours }),
    [profile, title, aims],
  )
  return (
    <figure className="profile">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: on a phone it is wider than the screen, and keys scroll it */}
      <section className="paper" aria-label={title} tabIndex={0}>
        <div className="drawing">
          {/* biome-ignore lint/security/noDangerouslySetInnerHtml: made by our own function, of numbers and an escaped title */}
          <div dangerouslySetInnerHTML={{ __html: svg }} />
          {onBin && (
            <div className="bins">
              {profile.bins.map(({ minute, n, p50 }) => (
                <button key={minute} type="button" onClick={() => onBin(minute)} disabled={n === 0}>
                  <span className="unseen">
                    {clockOf(minute)}: median {shown(p50, profile.units)} {profile.units}. Show these hours
                    day by day
                  </span>
                </button>
              ))}
            </div>
          )}
        </div>
      </section>
      <details>
        <summary>As a table</summary>
        <Scrolls label="Percentiles">
          <table className="plain">
            <thead>
              <tr>
                <th scope="col">From</th>
                <th scope="col">Readings</th>
                {profile.percentiles.map((percent) => (
                  <th key={percent} scope="col">
                    {percent} %
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {profile.bins.map((bin) => (
                <tr key={bin.minute}>
                  <th scope="row">{clockOf(bin.minute)}</th>
                  <td className="number">{bin.n}</td>
                  {profile.percentiles.map((percent) => (
                    <td key={percent} className="number">
                      {shown(bin[`p${percent}`], profile.units)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </Scrolls>
      </details>
    </figure>
  )
}

export function clockOf(minute: number): string {
  return [minute / 60, minute % 60].map((part) => String(Math.floor(part)).padStart(2, '0')).join(':')
}
