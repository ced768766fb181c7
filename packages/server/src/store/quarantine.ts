import type { Problem } from '@tidegauge/model'
import type { WriteCount, WritePlan } from './port.ts'

/** A faulty record that was kept aside, until somebody corrects or drops it. */
export interface ParkedRecord extends NewParkedRecord {
  userId: string
  dataSetId: string
  receivedMs: number
}

/** A faulty record of an upload, as {@link WritePlan} carries it. */
export interface NewParkedRecord {
  /** 32 lower-case hex digits: the same for the same content in the same data set. */
  id: string
  /** Its place in the request, from 0. */
  index: number
  /** Where it says so. */
  originId?: string
  /** What is wrong with it; pointers are within the record. */
  problems: readonly Problem[]
  /** The record as it was sent, JSON text. */
  json: string
}

/** To which uploads quarantine applies. */
export interface QuarantineSettings {
  /** To all of the account. */
  enabled: boolean
  /** To those of data sets with one of these client names, in alphabetical order, each once. */
  clientNames: readonly string[]
}

/** The part of the storage port that is about quarantine. */
export interface QuarantineStore {
  /** Off, where nothing was ever set. */
  quarantineSettings(userId: string): Promise<QuarantineSettings>
  setQuarantineSettings(settings: QuarantineSettings & { userId: string }): Promise<'set' | 'unknown-user'>
  /** Of one user, in the order in which they were parked. */
  listParked(query: { userId: string; offset: number; limit: number }): Promise<ParkedRecord[]>
  parked(record: { userId: string; id: string }): Promise<ParkedRecord | undefined>
  /** Carries out a write and removes the parked record that it makes good, both or neither. */
  settleParked(record: { userId: string; id: string; plan: WritePlan }): Promise<WriteCount | 'not-found'>
  dropParked(record: { userId: string; id: string }): Promise<'dropped' | 'not-found'>
}
