/** A file that somebody sent beside the data: what a device's memory held, or the log of an app. Its bytes lie elsewhere. */
export interface StoredFile {
  /** 32 characters `[0-9a-z]`; the bytes have it for a name. */
  id: string
  userId: string
  kind: 'blob' | 'device_log'
  /** MD5 of the bytes, base64. */
  digestMd5: string
  mediaType: string
  sizeBytes: number
  /** Of a log: from when to when. */
  fromMs?: number
  toMs?: number
  createdMs: number
}

export interface FileQuery {
  userId: string
  kind: StoredFile['kind']
  mediaTypes?: readonly string[]
  /** Logs that reach into this span of time. */
  fromMs?: number
  toMs?: number
  offset: number
  limit: number
}

/** The part of the storage port that is about files. */
export interface FileStore {
  addFile(file: StoredFile): Promise<'added' | 'unknown-user'>
  file(id: string): Promise<StoredFile | undefined>
  /** Newest first. */
  files(query: FileQuery): Promise<StoredFile[]>
  deleteFile(id: string): Promise<void>
  deleteFilesOf(query: { userId: string; kind: StoredFile['kind'] }): Promise<void>
}
