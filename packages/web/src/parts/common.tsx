import type { ReactNode } from 'react'
import type { Loaded } from '../load.ts'

/** What a page says while it loads, or when it cannot. */
export function State<T>({ of, children }: { of: Loaded<T>; children: (value: T) => ReactNode }) {
  return (
    <>
      {of.error !== undefined && (
        <p className="error" role="alert">
          {of.error}{' '}
          <button type="button" className="quiet" onClick={of.again}>
            Try again
          </button>
        </p>
      )}
      {of.savedMs !== undefined && (
        <p className="small" role="status">
          {of.isLoading && 'The server does not answer yet. '}As it was on{' '}
          {new Date(of.savedMs).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' })}.
        </p>
      )}
      {of.value === undefined ? of.isLoading && <p className="loading">Loading…</p> : children(of.value)}
    </>
  )
}

/** Something long that scrolls in its place, by keys too. */
export function Scrolls({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: else nobody scrolls it without a mouse
    <section className="scrolls" aria-label={label} tabIndex={0}>
      {children}
    </section>
  )
}

/** A choice of a few, side by side. */
export function Choice<T extends string>({
  label,
  options,
  value,
  onChange,
}: {
  label: string
  options: readonly (readonly [value: T, text: string])[]
  value: T | undefined
  onChange: (value: T) => void
}) {
  return (
    <fieldset className="choice">
      <legend className="unseen">{label}</legend>
      {options.map(([option, text]) => (
        <button key={option} type="button" aria-pressed={option === value} onClick={() => onChange(option)}>
          {text}
        </button>
      ))}
    </fieldset>
  )
}

/** One number with what it is, what it should be, and how it is made. */
export function Metric({
  name,
  value,
  aim,
  children,
}: {
  name: string
  value: string
  aim?: string | undefined
  /** How it is made, in a sentence or two. */
  children: ReactNode
}) {
  return (
    <details className="metric">
      <summary>
        <span className="name">{name}</span>
        <span className="value">{value}</span>
        {aim !== undefined && <span className="aim">{aim}</span>}
      </summary>
      <p>{children}</p>
    </details>
  )
}
