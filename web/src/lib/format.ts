// Numbers, rates, times and durations as people read them. Pure: the instant "now" and the zone are arguments.

const NBSP = '\u00a0'
const integers = new Intl.NumberFormat('en-US')
const compacts = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 })
export const DASH = '–'

export function int(n: number | null | undefined): string {
  return n === null || n === undefined ? DASH : integers.format(n)
}

/** Axes only: 1.2M. */
export function compact(n: number): string {
  return compacts.format(n)
}

/** "1 lead", "1,204 leads". */
export function count(n: number, one: string, many = one + 's'): string {
  return `${int(n)} ${n === 1 ? one : many}`
}

/** Edges of the delivery bands in percent: within 0.1 of one a rate is shown with more decimals. */
export const BAND_EDGES: readonly number[] = [80, 95]

/**
 * num / den in percent with one decimal: "81.2 %". A dash without a denominator; never "0.0 %" for something or "100.0 %"
 * for less than all; near one of `edges` as many decimals as are needed (up to 4) to see the side.
 */
export function percent(num: number, den: number, edges: readonly number[] = []): string {
  if (den === 0) return DASH
  const value = (num / den) * 100
  if (num > 0 && value < 0.1) return `<0.1${NBSP}%`
  if (num < den && value > 99.9) return `>99.9${NBSP}%`
  if (num === den || num === 0) return `${value.toFixed(0)}${NBSP}%`
  let decimals = 1
  for (const edge of edges) {
    if (Math.abs(value - edge) > 0.1) continue
    const exact = num * 100 === den * edge
    while (!exact && decimals < 4 && Number(value.toFixed(decimals)) === edge) decimals += 1
    decimals = Math.max(decimals, exact ? 1 : 2)
  }
  return `${value.toFixed(decimals)}${NBSP}%`
}

/** A share in 0..1 whose parts are not known. */
export function share(value: number | null | undefined): string {
  if (value === null || value === undefined) return DASH
  return percent(value, 1)
}

/** Progress in percent, rounded down: 100 % only when all is done. */
export function progress(value: number | null): string {
  if (value === null) return DASH
  if (value > 0 && value < 0.1) return `<0.1${NBSP}%`
  const down = Math.floor(value * 10 + 1e-9) / 10
  return `${down === 100 || down === 0 ? down.toFixed(0) : down.toFixed(1)}${NBSP}%`
}

/** Two bounds in 0..1: "93.5–96.2 %". */
export function interval(lo: number | null, hi: number | null): string {
  if (lo === null || hi === null) return DASH
  return `${(lo * 100).toFixed(1)}–${(hi * 100).toFixed(1)}${NBSP}%`
}

/** A difference of shares in points: "+3.1 points". */
export function points(difference: number): string {
  const value = difference * 100
  const shown = Math.abs(value) < 0.05 ? '0.0' : Math.abs(value).toFixed(1)
  const sign = shown === '0.0' ? '±' : value > 0 ? '+' : '−'
  return `${sign}${shown} points`
}

/** Seconds as the two largest units: "2 h 5 min". */
export function duration(seconds: number | null): string {
  if (seconds === null) return DASH
  const total = Math.max(0, Math.round(seconds))
  if (total < 60) return `${total} s`
  const units: [number, string][] = [
    [86400, 'd'],
    [3600, 'h'],
    [60, 'min'],
  ]
  const at = units.findIndex(([size]) => total >= size)
  const [size, name] = units[at] as [number, string]
  const first = `${Math.floor(total / size)} ${name}`
  const next = units[at + 1]
  const rest = next === undefined ? 0 : Math.floor((total % size) / next[0])
  return rest > 0 && next !== undefined ? `${first} ${rest} ${next[1]}` : first
}

/** "P2DT3H" in words: "2 days 3 hours"; "at once" for nothing. */
export function isoDuration(text: string): string {
  const match = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(text)
  if (match === null) return text
  const names = ['week', 'day', 'hour', 'minute', 'second']
  const parts = names.flatMap((name, i) => {
    const n = Number(match[i + 1] ?? 0)
    return n > 0 ? [count(n, name)] : []
  })
  return parts.length === 0 ? 'at once' : parts.join(' ')
}

/** "3 min ago", "in 2 h", "just now". */
export function relative(at: string | number, now: number): string {
  const seconds = Math.round((now - (typeof at === 'number' ? at : Date.parse(at))) / 1000)
  if (Math.abs(seconds) < 10) return 'just now'
  const size = Math.abs(seconds)
  const text =
    size < 60 ? `${size} s` : size < 3600 ? `${Math.floor(size / 60)} min` : size < 86400 ? `${Math.floor(size / 3600)} h` : `${Math.floor(size / 86400)} d`
  return seconds >= 0 ? `${text} ago` : `in ${text}`
}

const formats = new Map<string, Intl.DateTimeFormat>()
function formatOf(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = zone + JSON.stringify(options)
  let format = formats.get(key)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone })
    formats.set(key, format)
  }
  return format
}

const DAY: Intl.DateTimeFormatOptions = { day: '2-digit', month: 'short', year: 'numeric' }
const CLOCK: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }

/** "25 Nov 2026, 09:14" in the zone. */
export function dateTime(at: string | number | null, zone: string): string {
  return at === null ? DASH : formatOf(zone, { ...DAY, ...CLOCK }).format(new Date(at))
}
export function dateTimeSeconds(at: string | number | null, zone: string): string {
  return at === null ? DASH : formatOf(zone, { ...DAY, ...CLOCK, second: '2-digit' }).format(new Date(at))
}
export function date(at: string | number | null, zone: string): string {
  return at === null ? DASH : formatOf(zone, DAY).format(new Date(at))
}
export function clock(at: string | number, zone: string): string {
  return formatOf(zone, CLOCK).format(new Date(at))
}

/** As short as it is clear: the time today, "Thu 09:00" within six days, else the date. */
export function near(at: string | number | null, now: number, zone: string): string {
  if (at === null) return DASH
  const then = new Date(at)
  if (date(at, zone) === date(now, zone)) return clock(at, zone)
  if (Math.abs(then.getTime() - now) < 6 * 86_400_000) return formatOf(zone, { weekday: 'short', ...CLOCK }).format(then).replace(',', '')
  const sameYear = date(at, zone).slice(-4) === date(now, zone).slice(-4)
  return formatOf(zone, sameYear ? { day: 'numeric', month: 'short' } : DAY).format(then)
}

export function bytes(n: number): string {
  const units = ['B', 'kB', 'MB', 'GB']
  let value = n
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}
