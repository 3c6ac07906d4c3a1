// Where things are in a forest plot: a scale of 0..1 for all intervals, with some air, and round marks. Pure.
export interface Scale {
  from: number
  to: number
  ticks: number[]
}
export function scaleOf(values: readonly number[]): Scale {
  const low = Math.min(...values, 1)
  const high = Math.max(...values, 0)
  const width = Math.max(high - low, 0.001)
  const step = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5].find((one) => width / one <= 6) ?? 0.5
  const from = Math.max(0, Math.floor(low / step) * step)
  const to = Math.min(1, Math.max(Math.ceil(high / step) * step, from + step))
  const n = Math.round((to - from) / step)
  return { from, to, ticks: Array.from({ length: n + 1 }, (_, i) => Number((from + i * step).toFixed(6))) }
}
/** Percent of the width. */
export function place(value: number, { from, to }: Scale): number {
  return Math.max(0, Math.min(100, ((value - from) / (to - from)) * 100))
}
