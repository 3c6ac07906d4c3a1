import { expect, it } from 'vitest'
import { place, scaleOf } from '../src/lib/forest'

it('the scale holds all intervals between round marks, within 0 and 100 %', () => {
  expect(scaleOf([0.052, 0.118])).toEqual({ from: 0.04, to: 0.12, ticks: [0.04, 0.06, 0.08, 0.1, 0.12] })
  expect(scaleOf([0.97, 1]).to).toBe(1)
  expect(scaleOf([0, 0]).from).toBe(0)
})
it('a value has its place on it, never outside', () => {
  const scale = { from: 0.1, to: 0.2, ticks: [] }
  expect(place(0.15, scale)).toBeCloseTo(50)
  expect(place(0.3, scale)).toBe(100)
})
