// Scrolling through more rows than an element can be tall. Browsers cap the height of an element (Chromium at 33,554,428 px,
// Firefox at about half of that), so the scroll range is scaled: dragging the bar moves by the scale, everything else (wheel,
// keys, fingers) moves exactly as far as it says. Pure.

export const ROW = 36
/** Below every browser's cap. */
export const RANGE_MAX = 15_000_000

export interface Extent {
  rows: number
  /** Height of what is seen, px. */
  view: number
}

/** Height that all rows would take. */
export const contentHeight = ({ rows }: Extent): number => rows * ROW
/** Height that the element gets. */
export const rangeHeight = (extent: Extent): number => Math.min(contentHeight(extent), RANGE_MAX)

const contentRoom = (extent: Extent) => Math.max(0, contentHeight(extent) - extent.view)
const rangeRoom = (extent: Extent) => Math.max(0, rangeHeight(extent) - extent.view)
export const isScaled = (extent: Extent): boolean => contentHeight(extent) > RANGE_MAX

/** Where the rows are when the bar is at `scrollTop`, and back. Both ends meet both ends. */
export function toOffset(scrollTop: number, extent: Extent): number {
  if (!isScaled(extent)) return clamp(scrollTop, extent)
  return clamp((scrollTop / rangeRoom(extent)) * contentRoom(extent), extent)
}
export function toScroll(offset: number, extent: Extent): number {
  if (!isScaled(extent)) return offset
  const room = rangeRoom(extent)
  const exact = (offset / contentRoom(extent)) * room
  // Only the very ends sit at the ends: from anywhere else one can go on both ways.
  if (offset <= 0) return 0
  if (offset >= contentRoom(extent)) return room
  return Math.min(room - 1, Math.max(1, Math.round(exact)))
}

export function clamp(offset: number, extent: Extent): number {
  return Math.min(Math.max(0, offset), contentRoom(extent))
}

/**
 * The offset after the element scrolled from `before` to `after`. `dragged`: by the bar. A jump of more than two views is one of the bar
 * too, whoever made it.
 */
export function scrolled(offset: number, before: number, after: number, dragged: boolean, extent: Extent): number {
  if (!isScaled(extent) || dragged || Math.abs(after - before) > 2 * extent.view) return toOffset(after, extent)
  return clamp(offset + after - before, extent)
}

/** Rows to draw, some more than are seen; `last` is not drawn. */
export function drawn(offset: number, extent: Extent, margin = 6): { first: number; last: number } {
  const first = Math.max(0, Math.floor(offset / ROW) - margin)
  return { first, last: Math.min(extent.rows, Math.ceil((offset + extent.view) / ROW) + margin) }
}

/** The offset that has the row in view, moving as little as possible. */
export function reveal(row: number, offset: number, extent: Extent): number {
  const top = row * ROW
  if (top < offset) return clamp(top, extent)
  if (top + ROW > offset + extent.view) return clamp(top + ROW - extent.view, extent)
  return offset
}

/** Rows of one page: one stays in sight. */
export const pageRows = ({ view }: Extent): number => Math.max(1, Math.floor(view / ROW) - 1)

/** What a key does to the row that is current; null: nothing. */
export function moved(row: number, key: string, extent: Extent): number | null {
  const to =
    key === 'ArrowDown' ? row + 1
    : key === 'ArrowUp' ? row - 1
    : key === 'PageDown' ? row + pageRows(extent)
    : key === 'PageUp' ? row - pageRows(extent)
    : key === 'Home' ? 0
    : key === 'End' ? extent.rows - 1
    : null
  return to === null || extent.rows === 0 ? null : Math.min(Math.max(0, to), extent.rows - 1)
}
