/** Of people's data, as JSON; in memory it is some times as much. */
export interface RememberingLimits {
  mostBytes: number
  /** For how long, if nobody asks for one of the person's again. */
  forMs: number
}

interface Remembered {
  changeSequence: number
  answers: Map<string, Promise<unknown>>
  bytes: number
  forget: NodeJS.Timeout
}

/** What an answer is made of: of whom, as of which change of their data, and everything else that it depends on. */
export interface Question {
  userId: string
  changeSequence: number
  dependsOn: readonly unknown[]
}

/**
 * Answers until the person's data change. Two who ask for the same at once wait for the same work; a failure is not
 * kept, nor what is too much: whom nobody has asked about for the longest time is forgotten first.
 */
export function remembering({ mostBytes, forMs }: RememberingLimits) {
  const people = new Map<string, Remembered>()
  let bytes = 0
  const forget = (userId: string) => {
    const known = people.get(userId)
    if (!known) return
    clearTimeout(known.forget)
    people.delete(userId)
    bytes -= known.bytes
  }
  const of = ({ userId, changeSequence }: Question): Remembered => {
    let known = people.get(userId)
    if (known?.changeSequence !== changeSequence) {
      forget(userId)
      const timer = setTimeout(() => forget(userId), forMs).unref()
      known = { changeSequence, answers: new Map(), bytes: 0, forget: timer }
    }
    known.forget.refresh()
    // The latest is the last.
    people.delete(userId)
    people.set(userId, known)
    return known
  }
  const weigh = (userId: string, of: Remembered, answer: unknown) => {
    // Their data may have changed while it was made.
    if (people.get(userId) !== of) return
    const size = JSON.stringify(answer).length
    of.bytes += size
    bytes += size
    for (const oldest of people.keys()) {
      if (bytes <= mostBytes) return
      forget(oldest)
    }
  }
  return <T>(question: Question, make: () => Promise<T>): Promise<T> => {
    const { userId } = question
    const known = of(question)
    const key = JSON.stringify(question.dependsOn)
    const answer = known.answers.get(key) as Promise<T> | undefined
    if (answer) return answer
    const made = make()
    known.answers.set(key, made)
    made.then(
      (value) => weigh(userId, known, value),
      () => known.answers.delete(key),
    )
    return made
  }
}
