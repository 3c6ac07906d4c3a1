// The heat map of the week. Pure.
export interface Cell {
  value: number | null
  /** How many messages it rests on. */
  n: number
}

/** 1 (lowest) to 7 of the ramp; 0 when there is nothing. */
export function shade(value: number | null, low: number, high: number): number {
  if (value === null || !Number.isFinite(low) || !Number.isFinite(high)) return value === null ? 0 : 1
  if (high <= low) return value > 0 ? 4 : 1
  return 1 + Math.max(0, Math.min(6, Math.round(((value - low) / (high - low)) * 6)))
}

/** Whether any part of the hour lies in one of the intervals ["09:00","12:30"]. */
export function isOpen(intervals: readonly (readonly string[])[] | undefined, hour: number): boolean {
  const minutes = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5))
  return (intervals ?? []).some(([from, to]) => {
    if (from === undefined || to === undefined) return false
    const end = minutes(to) <= minutes(from) ? 24 * 60 : minutes(to)
    return minutes(from) < (hour + 1) * 60 && end > hour * 60
  })
}

/** The highest cell; the first of equals. */
export function peak<T extends Cell>(cells: readonly T[]): T | undefined {
  return cells.reduce<T | undefined>((best, cell) => (best === undefined || (cell.value ?? 0) > (best.value ?? 0) ? cell : best), undefined)
}
