import { TidegaugeError, type Trace } from './errors.ts'
import { failure, failureOfAnswer, type RawAnswer, type RequestName } from './failure.ts'
import { interruptible } from './interruptible.ts'
import { randomHex } from './random-hex.ts'
import type { Request, Transport } from './request.ts'

/** Only streams are longer; what is longer is no answer of this protocol. */
const maxAnswerBytes = 32 * 1024 * 1024

/** One request on its way: its name, its time limit and the one signal that ends it. Must be closed. */
export class Exchange {
  /** For errors; its trace becomes the server's own once that has answered. */
  name: RequestName
  readonly #transport: Transport
  readonly #request: Request
  readonly #controller = new AbortController()
  readonly #caller: AbortSignal | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(transport: Transport, request: Request, signal: AbortSignal | undefined) {
    this.#transport = transport
    this.#request = request
    this.#caller = signal
    const trace: Trace = { request: randomHex(16), session: transport.traceSession }
    this.name = {
      method: request.method,
      route: request.route,
      origin: new URL(transport.baseUrl).origin,
      trace,
    }
    if (signal?.aborted) this.#abortByCaller()
    else signal?.addEventListener('abort', this.#abortByCaller, { once: true })
  }

  readonly #abortByCaller = (): void => this.#controller.abort(failure('aborted', this.name, 'Stopped.'))

  startTimer(): void {
    const limitMs = this.#transport.requestTimeoutMs
    this.stopTimer()
    this.#timer = setTimeout(() => {
      const happened = `No complete answer from ${this.name.origin} within ${limitMs} ms.`
      this.#controller.abort(failure('timeout', this.name, happened))
    }, limitMs)
  }

  stopTimer(): void {
    clearTimeout(this.#timer)
  }

  close(): void {
    this.stopTimer()
    this.#caller?.removeEventListener('abort', this.#abortByCaller)
    // Frees the connection when the body was not read to its end; does nothing otherwise.
    this.#controller.abort(failure('aborted', this.name, 'Closed.'))
  }

  /** The head of the answer, with the timer still running. */
  async begin(token: string | undefined): Promise<Response> {
    const { method, headers, body } = this.#request
    const { trace } = this.name
    const url = urlOf(this.#transport, this.#request)
    this.#controller.signal.throwIfAborted()
    this.startTimer()
    try {
      const answered = this.#transport.fetch(url, {
        method,
        headers: {
          accept: 'application/json',
          'x-tidepool-trace-request': trace.request ?? '',
          'x-tidepool-trace-session': trace.session ?? '',
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(token !== undefined && { 'x-tidepool-session-token': token }),
          ...headers,
        },
        ...(body !== undefined && { body }),
        // A redirect would carry the token to whatever address it names.
        redirect: 'manual',
        credentials: 'omit',
        cache: 'no-store',
        signal: this.#controller.signal,
      })
      const response = await interruptible(answered, this.#controller.signal)
      const traceRequest = response.headers.get('x-tidepool-trace-request')
      if (traceRequest) this.name = { ...this.name, trace: { ...trace, request: traceRequest } }
      return response
    } catch (error) {
      this.#controller.signal.throwIfAborted()
      throw failure('network', this.name, `No answer from ${this.name.origin}${systemCode(error)}.`, error)
    }
  }

  /** Head and body. */
  async whole(token: string | undefined): Promise<RawAnswer> {
    return await this.read(await this.begin(token))
  }

  /** The body as text. Of a refusal, what could be read of it: its status matters more. */
  async read(response: Response): Promise<RawAnswer> {
    const { status, headers } = response
    const decoder = new TextDecoder()
    let text = ''
    let bytes = 0
    try {
      for await (const part of this.bytes(response)) {
        bytes += part.length
        if (bytes > maxAnswerBytes) {
          throw failure('unexpected-answer', this.name, `The answer is larger than ${maxAnswerBytes} bytes.`)
        }
        text += decoder.decode(part, { stream: true })
      }
    } catch (error) {
      if (response.ok || this.#caller?.aborted) throw error
    }
    return { status, headers, text: text + decoder.decode() }
  }

  /** The body as it comes. `timeEachWait`: the limit holds for each wait for more, not for the whole. */
  async *bytes(response: Response, { timeEachWait = false } = {}): AsyncGenerator<Uint8Array> {
    const reader = response.body?.getReader()
    if (reader === undefined) return
    try {
      for (;;) {
        if (timeEachWait) this.startTimer()
        const part = await this.#next(reader)
        if (timeEachWait) this.stopTimer()
        if (part === undefined) return
        yield part
      }
    } finally {
      // For a fetch that does not heed the signal; that an unwanted rest cannot be cancelled is of no interest.
      reader.cancel().catch(() => undefined)
    }
  }

  async #next(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Uint8Array | undefined> {
    try {
      return (await interruptible(reader.read(), this.#controller.signal)).value
    } catch (error) {
      this.#controller.signal.throwIfAborted()
      throw failure('truncated', this.name, 'The connection broke in the middle of the answer.', error)
    }
  }

  /** The error that an answer other than 2xx is. */
  refusal(answer: RawAnswer): TidegaugeError {
    return failureOfAnswer(answer, this.name, this.#request.kinds ?? {}, this.#transport.clock.now())
  }
}

/** Throws kind `usage` for an id that is none. */
function urlOf({ baseUrl }: Transport, { route, params = {}, query = {} }: Request): string {
  const path = route.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = params[name] ?? ''
    // Empty or made of dots, it would name another address.
    if (/^\.{0,2}$/.test(value)) throw new TidegaugeError('usage', `The ${name} is no id.`)
    return encodeURIComponent(value)
  })
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, value)
  return search.size === 0 ? baseUrl + path : `${baseUrl}${path}?${search}`
}

/** ` (ECONNREFUSED)` where the runtime names a reason. */
function systemCode(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string' && /^[A-Z_0-9]+$/.test(at.code)) return ` (${at.code})`
  }
  return ''
}
