import type { DatabaseSync } from 'node:sqlite'
import { changes } from './change-sequence.ts'
import type { DataSetDevices } from './data-set-devices.ts'

/**
 * The verbs `deleteUser` and `eraseDeleted`. The first takes a person out of everything that can be found, however much
 * there is: what is large stays as rows of a user without a name. The second destroys these rows, some at a time.
 * They run inside a transaction that the caller holds.
 */
export function deletionOfUsers(database: DatabaseSync, devices: DataSetDevices) {
  const user = database.prepare('SELECT pk FROM users WHERE id = ?')
  const remove = tablesThatHangOnUsers(database).map((table) =>
    database.prepare(`DELETE FROM ${table} WHERE user = ?`),
  )
  const removeGrantsTo = database.prepare('DELETE FROM permissions WHERE grantee = ?')
  // The fingerprint says who made it.
  const forgetMaker = database.prepare(
    "UPDATE data_sets SET created_user_id = NULL, fingerprint = '' WHERE created_user_id = ?",
  )
  // Where somebody was is known of them.
  const forgetActor = database.prepare(
    "UPDATE audit SET actor = NULL, address = '', user_agent = '', client_id = NULL WHERE actor = ?",
  )
  // What others have sent to this person.
  const removeSentTo = database.prepare(`
    DELETE FROM confirmations WHERE email IN (SELECT username FROM users WHERE pk = ?1
      UNION SELECT lower(value) FROM users, json_each(emails) WHERE pk = ?1)`)
  const hideDataSets = database.prepare(`
    UPDATE data_sets SET id = 'deleted:' || pk, state = 'closed', active = 0, client_name = NULL, device_id = NULL,
      fingerprint = '', created_user_id = NULL, fields = '{}' WHERE user = ?`)
  const hideUser = database.prepare(`
    UPDATE users SET id = 'deleted:' || pk, username = 'deleted:' || pk, emails = '[]', roles = '[]', password_hash = '',
      terms_accepted = NULL WHERE pk = ?`)

  const deleted = database.prepare("SELECT pk FROM users WHERE id LIKE 'deleted:%' LIMIT 1")
  const keepPksUsed = database.prepare(`
    UPDATE meta SET next_data_pk = max(next_data_pk, (SELECT ifnull(max(pk), 0) + 1 FROM data)),
      next_data_set_pk = max(next_data_set_pk, (SELECT ifnull(max(pk), 0) + 1 FROM data_sets))`)
  const eraseData = database.prepare(`
    DELETE FROM data WHERE pk IN
      (SELECT pk FROM data WHERE data_set IN (SELECT pk FROM data_sets WHERE user = ?) LIMIT ?)`)
  const eraseRemoved = database.prepare(
    'DELETE FROM removed WHERE user = ?1 AND seq IN (SELECT seq FROM removed WHERE user = ?1 LIMIT ?2)',
  )
  const eraseDevices = database.prepare(
    'DELETE FROM data_set_devices WHERE data_set IN (SELECT pk FROM data_sets WHERE user = ?)',
  )
  const eraseDataSets = database.prepare('DELETE FROM data_sets WHERE user = ?')
  const eraseUser = database.prepare('DELETE FROM users WHERE pk = ?')

  /** What is deleted in here is overwritten. */
  const overwriting = <T>(work: () => T): T => {
    database.exec('PRAGMA secure_delete = ON')
    try {
      return work()
    } finally {
      database.exec('PRAGMA secure_delete = OFF')
    }
  }

  return {
    deleteUser: (userId: string): 'deleted' | 'unknown-user' =>
      overwriting(() => {
        const found = user.get(userId)
        if (!found) return 'unknown-user'
        const pk = Number(found.pk)
        for (const statement of remove) statement.run(pk)
        removeGrantsTo.run(pk)
        removeSentTo.run(pk)
        forgetActor.run(pk)
        forgetMaker.run(userId)
        hideDataSets.run(pk)
        hideUser.run(pk)
        return 'deleted'
      }),

    eraseDeleted: ({ limit }: { limit: number }): number =>
      overwriting(() => {
        const found = deleted.get()
        if (!found) return 0
        const pk = Number(found.pk)
        keepPksUsed.run()
        const rows = changes(eraseData.run(pk, limit)) || changes(eraseRemoved.run(pk, limit))
        if (rows > 0) return rows
        eraseDevices.run(pk)
        eraseDataSets.run(pk)
        eraseUser.run(pk)
        devices.forget()
        return 1
      }),
  }
}

/** Tables whose rows go with their user, by their foreign key: a new one needs no word here. */
function tablesThatHangOnUsers(database: DatabaseSync): string[] {
  return database
    .prepare(
      `SELECT DISTINCT tables.name FROM sqlite_schema AS tables JOIN pragma_foreign_key_list(tables.name) AS key
       WHERE tables.type = 'table' AND key."table" = 'users' AND key.on_delete = 'CASCADE' AND key."from" = 'user'`,
    )
    .all()
    .map(({ name }) => String(name))
}
