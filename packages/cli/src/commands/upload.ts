import { isTidegaugeError, type UploadResult } from '@tidegauge/client'
import { defineCommand, wholeNumber } from '../command.ts'
import { connect } from '../connect.ts'
import { explain } from '../explain.ts'
import { type ExitCode, exit, Failure } from '../failure.ts'
import { listenForInterrupt } from '../interrupt.ts'
import type { Terminal } from '../terminal.ts'
import { Inputs } from '../upload/inputs.ts'
import { count, type Progress, progressBar, progressJson, progressLines } from '../upload/progress.ts'
import { UnreadableRecords } from '../upload/records.ts'
import { Refusals, refusalOf } from '../upload/refusals.ts'
import { Repeats } from '../upload/repeats.ts'
import { type ResumeOptions, resumeCommand } from '../upload/resume.ts'
import { NestedTooDeep, toSend } from '../upload/sendable.ts'
import { VERSION } from '../version.ts'

interface Options extends ResumeOptions {
  skip: number
}

const DEFAULT_CLIENT_NAME = 'org.tidegauge.cli'
