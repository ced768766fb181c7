/** Runs pieces of work, no more than some at a time; the others wait for their turn. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>

export function atMost(atATime: number): InTurn {
  const waiting: (() => void)[] = []
  let running = 0
  return async (work) => {
    if (running === atATime) await new Promise<void>((turn) => waiting.push(turn))
    else running++
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }
}
