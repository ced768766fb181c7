/**
 * Answers by everything that they depend on, the latest `most` of them. Two who ask for the same at once wait for the
 * same work; a failure is not kept.
 */
export function remembering(most: number) {
  const answers = new Map<string, Promise<unknown>>()
  return <T>(dependsOn: readonly unknown[], make: () => Promise<T>): Promise<T> => {
    const key = JSON.stringify(dependsOn)
    const known = answers.get(key) as Promise<T> | undefined
    const answer = known ?? make()
    answers.delete(key)
    answers.set(key, answer)
    if (!known) answer.catch(() => answers.delete(key))
    const oldest = answers.keys().next()
    if (answers.size > most && !oldest.done) answers.delete(oldest.value)
    return answer
  }
}
