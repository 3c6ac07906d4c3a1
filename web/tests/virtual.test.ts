import { describe, expect, it } from 'vitest'
import { clamp, contentHeight, drawn, isScaled, moved, RANGE_MAX, rangeHeight, reveal, ROW, scrolled, toOffset, toScroll, type Extent } from '../src/lib/virtual'

const small: Extent = { rows: 1000, view: 600 }
const huge: Extent = { rows: 10_000_000, view: 600 }
const rangeEnd = rangeHeight(huge) - huge.view
const contentEnd = contentHeight(huge) - huge.view

describe('the range', () => {
  it('is the content while that fits', () => {
    expect(rangeHeight(small)).toBe(36_000)
    expect(isScaled(small)).toBe(false)
    expect(toOffset(1234, small)).toBe(1234)
  })
  it('never exceeds what browsers allow', () => expect(rangeHeight(huge)).toBe(RANGE_MAX))
  it('has its ends at the first and the last row', () => {
    expect(toOffset(0, huge)).toBe(0)
    expect(toOffset(rangeEnd, huge)).toBe(contentEnd)
    expect(toScroll(contentEnd, huge)).toBe(rangeEnd)
    expect(toScroll(0, huge)).toBe(0)
  })
  it('leaves room at both ends unless it is at the very end', () => {
    expect(toScroll(1, huge)).toBe(1)
    expect(toScroll(contentEnd - 1, huge)).toBe(rangeEnd - 1)
  })
  it('comes back to where it was to a pixel of the bar', () => {
    for (const row of [1, 17, 4_999_999, 5_000_000, 9_999_000]) {
      const bar = toScroll(row * ROW, huge)
      expect(Math.abs(toScroll(toOffset(bar, huge), huge) - bar)).toBeLessThanOrEqual(1)
    }
  })
  it('is nothing for a list without rows', () => {
    const none: Extent = { rows: 0, view: 600 }
    expect(rangeHeight(none)).toBe(0)
    expect(toOffset(10, none)).toBe(0)
    expect(drawn(0, none)).toEqual({ first: 0, last: 0 })
  })
})

describe('scrolling', () => {
  it('by the wheel moves exactly as far, also through ten million rows', () => {
    expect(scrolled(1_000_000, 5000, 5100, false, huge)).toBe(1_000_100)
    expect(scrolled(1_000_000, 5000, 4900, false, huge)).toBe(999_900)
  })
  it('by the bar moves by the scale', () => expect(scrolled(0, 0, rangeEnd / 2, true, huge)).toBeCloseTo(contentEnd / 2))
  it('far at once is taken for the bar', () => expect(scrolled(0, 0, rangeEnd, false, huge)).toBe(contentEnd))
  it('stops at the ends', () => {
    expect(scrolled(50, 100, 0, false, huge)).toBe(0)
    expect(scrolled(contentEnd - 10, rangeEnd - 200, rangeEnd - 100, false, huge)).toBe(contentEnd)
  })
  it('over every row by the wheel reaches each of them', () => {
    let offset = 0
    const seen = new Set<number>()
    const extent: Extent = { rows: 600_000, view: 600 }
    for (let i = 0; i < 2000; i += 1) {
      offset = scrolled(offset, 5000, 5036, false, extent)
      seen.add(Math.floor(offset / ROW))
    }
    expect(seen.size).toBe(2000)
  })
})

describe('rows', () => {
  it('are drawn around what is seen and never beyond the list', () => {
    expect(drawn(0, small, 6)).toEqual({ first: 0, last: 23 })
    expect(drawn(contentHeight(small) - 600, small, 6).last).toBe(1000)
  })
  it('come into view with the least movement', () => {
    expect(reveal(5, 0, small)).toBe(0)
    expect(reveal(20, 0, small)).toBe(21 * ROW - 600)
    expect(reveal(3, 500, small)).toBe(3 * ROW)
    expect(reveal(9_999_999, 0, huge)).toBe(contentEnd)
  })
  it('follow the keys', () => {
    expect(moved(5, 'ArrowDown', small)).toBe(6)
    expect(moved(0, 'ArrowUp', small)).toBe(0)
    expect(moved(0, 'PageDown', small)).toBe(15)
    expect(moved(5, 'End', huge)).toBe(9_999_999)
    expect(moved(5, 'Home', huge)).toBe(0)
    expect(moved(5, 'x', small)).toBeNull()
    expect(moved(0, 'ArrowDown', { rows: 0, view: 600 })).toBeNull()
  })
  it('stay within the list when it becomes shorter', () => expect(clamp(99_999, { rows: 20, view: 600 })).toBe(120))
})
