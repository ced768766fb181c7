import { defineType, type InputOf } from '../define-type.ts'
import { dependent, optional } from '../fields/field.ts'
import { integer } from '../fields/number.ts'
import { oneOf, text } from '../fields/text.ts'
import { notBefore, time } from '../fields/time.ts'

/** What a program told the person at its own time: a warning, a reminder. */
export const alert = defineType({
  name: 'alert',
  fields: {
    name: text({ max: 100 }),
    priority: optional(oneOf('critical', 'normal', 'timeSensitive')),
    trigger: optional(oneOf('delayed', 'immediate', 'repeating')),
    triggerDelay: dependent(
      ({ trigger }) => (trigger === 'delayed' || trigger === 'repeating' ? 'required' : 'forbidden'),
      integer({ min: 0, max: 86_400 }), // seconds
    ),
    sound: optional(oneOf('name', 'silence', 'vibrate')),
    soundName: dependent(({ sound }) => (sound === 'name' ? 'required' : 'forbidden'), text({ max: 100 })),
    issuedTime: time,
    acknowledgedTime: optional(notBefore('issuedTime')),
    retractedTime: optional(notBefore('issuedTime')),
  },
})

export type Alert = InputOf<typeof alert>
