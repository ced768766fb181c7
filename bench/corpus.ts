/** Readings as the guide for continuous sessions shows them, with an origin id of their own (about 420 bytes). */
export function chunkBodies(chunks: number, recordsPerChunk: number, startMs = START_MS): Buffer[] {
  return Array.from({ length: chunks }, (_, chunk) => {
    const records = Array.from({ length: recordsPerChunk }, (_, i) =>
      reading(startMs, chunk * recordsPerChunk + i),
    )
    return Buffer.from(JSON.stringify(records))
  })
}

export const START_MS = Date.UTC(2026, 0, 1)
export const STEP_MS = 300_000

function reading(startMs: number, n: number) {
  const timeMs = startMs + n * STEP_MS
  return {
    time: new Date(timeMs).toISOString(),
    timezoneOffset: 660,
    clockDriftOffset: 0,
    conversionOffset: 0,
    deviceTime: new Date(timeMs + 660 * 60_000).toISOString().slice(0, 19),
    deviceId: 'MMT-1711:12345678',
    type: 'cbg',
    value: 60 + ((n * 7919) % 240),
    units: 'mg/dL',
    trendRate: ((n * 31) % 50) / 10 - 2.5,
    trendRateUnits: 'mg/dL/minute',
    sampleInterval: 300_000,
    origin: { id: crypto.randomUUID(), name: 'com.apple.HealthKit', type: 'service' },
    payload: { interstitialSignal: 20 + ((n * 13) % 900) / 100 },
  }
}
