/**
 * What somebody saw last, for when there is no network: only of who stays signed in on this device, for them alone,
 * and gone when they sign out.
 */

const DATABASE = 'tidegauge'
const VIEWS = 'views'
const MOST_VIEWS = 60

export interface KeptView {
  value: unknown
  savedMs: number
}

/** As it came last; undefined if it is not kept. */
export async function keptView(userId: string, key: string): Promise<KeptView | undefined> {
  return within('readonly', (views) => views.get([userId, key]))
}

/**
 * Keeps a view; of too many, the oldest go.
 *
 * @param mayKeep Asked when it is written: whoever has signed out meanwhile leaves nothing.
 */
export async function keepView(
  { userId, key, value }: { userId: string; key: string; value: unknown },
  mayKeep: () => boolean,
): Promise<void> {
  await within('readwrite', (views) => {
    if (mayKeep()) views.put({ userId, key, value, savedMs: Date.now() })
    const count = views.count()
    count.onsuccess = () => {
      let tooMany = count.result - MOST_VIEWS
      const byAge = views.index('savedMs').openCursor()
      byAge.onsuccess = () => {
        const cursor = byAge.result
        if (!cursor || tooMany-- <= 0) return
        cursor.delete()
        cursor.continue()
      }
    }
    return count
  })
}

export async function forgetView(userId: string, key: string): Promise<void> {
  await within('readwrite', (views) => views.delete([userId, key]))
}

export async function forgetViews(): Promise<void> {
  await within('readwrite', (views) => views.clear())
}

async function within<T>(
  mode: IDBTransactionMode,
  work: (views: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const database = await opened()
  try {
    return await new Promise<T>((done, failed) => {
      const transaction = database.transaction(VIEWS, mode)
      const request = work(transaction.objectStore(VIEWS))
      transaction.oncomplete = () => done(request.result)
      transaction.onabort = () => failed(transaction.error)
    })
  } finally {
    database.close()
  }
}

function opened(): Promise<IDBDatabase> {
  return new Promise((done, failed) => {
    const request = indexedDB.open(DATABASE, 1)
    request.onupgradeneeded = () => {
      const views = request.result.createObjectStore(VIEWS, { keyPath: ['userId', 'key'] })
      views.createIndex('savedMs', 'savedMs')
    }
    request.onsuccess = () => done(request.result)
    request.onerror = () => failed(request.error)
  })
}
