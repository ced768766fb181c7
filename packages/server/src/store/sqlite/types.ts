import type { DatabaseSync } from 'node:sqlite'

/** The numbers that stand for type names in this file. */
export interface TypeNumbers {
  /** Gives the name a number if it has none yet. */
  of(name: string): number
  /** Must follow a rollback: it may have taken numbers back. */
  forget(): void
}

export function typeNumbers(database: DatabaseSync): TypeNumbers {
  const known = new Map<string, number>()
  const insert = database.prepare('INSERT INTO types (name) VALUES (?) ON CONFLICT DO NOTHING')
  const select = database.prepare('SELECT pk FROM types WHERE name = ?')
  return {
    of(name) {
      let number = known.get(name)
      if (number === undefined) {
        insert.run(name)
        number = Number(select.get(name)?.pk)
        known.set(name, number)
      }
      return number
    },
    forget: () => known.clear(),
  }
}
