import { defineType, type InputOf } from '../define-type.ts'
import { optional } from '../fields/field.ts'
import { boolean } from '../fields/number.ts'
import { object } from '../fields/object.ts'
import { oneOf } from '../fields/text.ts'
import { sortByBytes } from '../fields/text-list.ts'
import { deviceFields } from '../shapes/device.ts'

const device = object(deviceFields, { anyOf: Object.keys(deviceFields) })

/** What the person lets the program show. */
const notificationFields = {
  authorization: optional(oneOf('authorized', 'denied', 'ephemeral', 'notDetermined', 'provisional')),
  alert: optional(boolean),
  criticalAlert: optional(boolean),
  badge: optional(boolean),
  sound: optional(boolean),
  announcement: optional(boolean),
  notificationCenter: optional(boolean),
  lockScreen: optional(boolean),
  alertStyle: optional(oneOf('alert', 'banner', 'none')),
}

/** The phone on which a closed loop runs, and what it may do there. */
export const controllerSettings = defineType({
  name: 'controllerSettings',
  fields: {
    device: optional(device),
    notifications: optional(object(notificationFields, { anyOf: Object.keys(notificationFields) })),
  },
  rules: { anyOf: ['device', 'notifications'] },
  normalize({ device }) {
    if (device?.manufacturers) sortByBytes(device.manufacturers)
    return undefined
  },
})

export type ControllerSettings = InputOf<typeof controllerSettings>
