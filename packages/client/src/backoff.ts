import type { TidegaugeError } from './errors.ts'

/** How requests that are safe to repeat are repeated. */
export interface RetryOptions {
  /** Tries of one request, the first among them. Default 6. */
  maxTries?: number | undefined
  /** Upper bound of the first wait; it doubles from try to try. Default 500. */
  baseDelayMs?: number | undefined
  /** Upper bound of any wait of our own choosing. Default 30,000. */
  maxDelayMs?: number | undefined
  /** The longest `Retry-After` that is obeyed; a longer one ends the call. Default 300,000. */
  maxRetryAfterMs?: number | undefined
}

/** `RetryOptions` with nothing left open. */
export interface RetryPolicy {
  maxTries: number
  baseDelayMs: number
  maxDelayMs: number
  maxRetryAfterMs: number
  /** From 0 up to 1. */
  random: () => number
}

/** Fill in the defaults. */
export function retryPolicy(options: RetryOptions = {}, random: () => number = Math.random): RetryPolicy {
  return {
    maxTries: options.maxTries ?? 6,
    baseDelayMs: options.baseDelayMs ?? 500,
    maxDelayMs: options.maxDelayMs ?? 30_000,
    maxRetryAfterMs: options.maxRetryAfterMs ?? 300_000,
    random,
  }
}

/**
 * Milliseconds to wait after the try `attempt` (from 1) failed with `error`: exponential back-off with full jitter,
 * after what the server asked for. `undefined`: give up.
 */
export function delayAfter(error: TidegaugeError, attempt: number, policy: RetryPolicy): number | undefined {
  if (attempt >= policy.maxTries) return undefined
  const askedMs = error.retryAfterMs ?? 0
  if (askedMs > policy.maxRetryAfterMs) return undefined
  const boundMs = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (attempt - 1))
  return Math.round(askedMs + policy.random() * boundMs)
}

/**
 * Whether the same request may be sent again after `error`.
 *
 * @param safe Whether the request does no harm when the server has carried it out already. Where it does, only a
 *             refusal that says so (429) is repeated.
 */
export function mayRepeat(error: TidegaugeError, safe: boolean): boolean {
  switch (error.kind) {
    case 'rate-limited':
      return true
    case 'network':
    case 'timeout':
    case 'truncated':
      return safe
    case 'server-failed':
      // Not Implemented and HTTP Version Not Supported stay so.
      return safe && error.status !== 501 && error.status !== 505
    default:
      return false
  }
}
