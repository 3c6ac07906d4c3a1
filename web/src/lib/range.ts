// The range of a time series: from the address, by preset or by hand. Pure.
export interface Range {
  from: string | null
  to: string | null
}
const HOUR = 3_600_000
export const PRESETS = [
  { name: '24h', label: '24 hours', ms: 24 * HOUR },
  { name: '7d', label: '7 days', ms: 7 * 24 * HOUR },
  { name: '30d', label: '30 days', ms: 30 * 24 * HOUR },
  { name: 'all', label: 'All', ms: null },
] as const

function instant(text: string | null): string | null {
  if (text === null) return null
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? null : new Date(ms).toISOString()
}

/** What to ask the server for. A range by hand wins over a preset; nonsense is as nothing. Minutes, so that it is the same question for a minute. */
export function rangeOf(query: URLSearchParams, now: number): Range {
  const from = instant(query.get('from'))
  const to = instant(query.get('to'))
  if (from !== null || to !== null) return from !== null && to !== null && from >= to ? { from, to: null } : { from, to }
  const preset = PRESETS.find(({ name }) => name === query.get('range'))
  if (preset === undefined || preset.ms === null) return { from: null, to: null }
  return { from: new Date(Math.floor((now - preset.ms) / 60_000) * 60_000).toISOString(), to: null }
}

/** Hours up to four days, else days: as many points as one can see. */
export function bucketOf({ from, to }: Range, begin: number, now: number): 'hour' | 'day' {
  const start = from === null ? begin : Date.parse(from)
  const end = to === null ? now : Date.parse(to)
  return end - start <= 4 * 24 * HOUR ? 'hour' : 'day'
}

/** For <input type="datetime-local"> in a zone, and back. */
export function toLocalInput(iso: string | null, zone: string): string {
  if (iso === null) return ''
  const parts = Object.fromEntries(
    new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
      .formatToParts(new Date(iso))
      .map(({ type, value }) => [type, value]),
  )
  return `${parts['year']}-${parts['month']}-${parts['day']}T${parts['hour']}:${parts['minute']}`
}
export function fromLocalInput(text: string, zone: string): string | null {
  const wanted = Date.parse(`${text}Z`)
  if (Number.isNaN(wanted)) return null
  // The offset at the answer is found by asking twice: once near it, once at it (summer time).
  let guess = wanted
  for (let i = 0; i < 2; i += 1) guess += wanted - Date.parse(`${toLocalInput(new Date(guess).toISOString(), zone)}Z`)
  return new Date(guess).toISOString()
}
