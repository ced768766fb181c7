import { defineType, type InputOf } from '../define-type.ts'
import { battery } from '../shapes/battery.ts'

/** How the phone is on which a closed loop runs. */
export const controllerStatus = defineType({ name: 'controllerStatus', fields: { battery } })

export type ControllerStatus = InputOf<typeof controllerStatus>
