/** The value itself and a newline, as the platform's second generation of routes answers (http.md §3.1). */
export function bare(reply: { type(type: string): { send(text: string): unknown } }, value: unknown) {
  return reply.type('application/json; charset=utf-8').send(`${JSON.stringify(value)}\n`)
}
