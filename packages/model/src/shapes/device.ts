import { optional } from '../fields/field.ts'
import { text } from '../fields/text.ts'
import { textList } from '../fields/text-list.ts'

const short = text({ max: 100 })

/** What is said of a device. Its manufacturers are kept in the order of their bytes. */
export const deviceFields = {
  firmwareVersion: optional(short),
  hardwareVersion: optional(short),
  manufacturers: optional(textList(short, { max: 10, unique: true })),
  model: optional(short),
  name: optional(short),
  serialNumber: optional(short),
  softwareVersion: optional(short),
}
