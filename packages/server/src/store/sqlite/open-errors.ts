/** Why a data directory could not be opened. The message is a sentence for the operator and names the file. */
export class StoreNotOpened extends Error {
  readonly reason: 'in-use' | 'newer-version' | 'damaged' | 'foreign' | 'read-only' | 'full' | 'io'
  constructor(reason: StoreNotOpened['reason'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StoreNotOpened'
    this.reason = reason
  }
}
