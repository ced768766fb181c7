import { Component, type ReactNode } from 'react'

/** A page that fails says so, and the others can still be reached. */
export class FaultBoundary extends Component<{ children: ReactNode }, { fault: string | undefined }> {
  override state = { fault: undefined as string | undefined }

  static getDerivedStateFromError(error: unknown) {
    return { fault: error instanceof Error ? error.message : String(error) }
  }

  override render() {
    if (this.state.fault === undefined) return this.props.children
    return (
      <section className="card">
        <h1>This page cannot be shown</h1>
        <p className="error" role="alert">
          {this.state.fault}
        </p>
        <p>That is a fault of Tidegauge. Your data are not concerned; the other pages work.</p>
      </section>
    )
  }
}
