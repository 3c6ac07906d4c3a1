import { beforeEach, describe, expect, it } from 'vitest'
import { FLUSH_MS, GONE_MS, LiveCore, type Listener } from '../src/live/core'
import type { Figures, FromWorker } from '../src/live/protocol'

const figures = (id: string, version: number) => ({ id, version }) as Figures

class Clock {
  time = 0
  jobs: { at: number; run: () => void }[] = []
  now = () => this.time
  later = (run: () => void, ms: number) => void this.jobs.push({ at: this.time + ms, run })
  pass(ms: number): void {
    const until = this.time + ms
    for (;;) {
      this.jobs.sort((a, b) => a.at - b.at)
      const next = this.jobs[0]
      if (next === undefined || next.at > until) break
      this.jobs.shift()
      this.time = next.at
      next.run()
    }
    this.time = until
  }
}

let clock: Clock
let core: LiveCore
let heard: FromWorker[]
let page: Listener
const updates = () => heard.filter((message) => message.kind === 'figures')

beforeEach(() => {
  clock = new Clock()
  core = new LiveCore(clock)
  heard = []
  page = { tell: (message) => heard.push(message) }
})

describe('figures', () => {
  it('of an older version never replace a newer one', () => {
    core.join(page)
    expect(core.accept(figures('1', 5))).toBe(true)
    expect(core.accept(figures('1', 4))).toBe(false)
    expect(core.accept(figures('1', 5))).toBe(false)
    clock.pass(1000)
    expect(updates()).toEqual([{ kind: 'figures', changed: [figures('1', 5)], removed: [] }])
  })
  it('come at most four times a second, however often they change', () => {
    core.join(page)
    for (let version = 1; version <= 1000; version += 1) {
      core.accept(figures('1', version))
      clock.pass(10)
    }
    clock.pass(FLUSH_MS)
    expect(updates().length).toBeLessThanOrEqual(41)
    expect(updates().length).toBeGreaterThan(30)
    expect(updates().at(-1)).toMatchObject({ changed: [figures('1', 1000)] })
  })
  it('that did not change are not told again', () => {
    core.join(page)
    core.accept(figures('1', 1))
    core.accept(figures('2', 1))
    clock.pass(FLUSH_MS)
    core.accept(figures('2', 2))
    clock.pass(FLUSH_MS)
    expect(updates().at(-1)).toEqual({ kind: 'figures', changed: [figures('2', 2)], removed: [] })
  })
  it('are all told to a page that comes later', () => {
    core.accept(figures('1', 1))
    core.accept(figures('2', 7))
    core.join(page)
    expect(updates()).toEqual([{ kind: 'figures', changed: [figures('1', 1), figures('2', 7)], removed: [] }])
  })
  it('go when their campaign goes, and come back if it was not gone', () => {
    core.join(page)
    core.accept(figures('1', 1))
    core.remove('1')
    clock.pass(FLUSH_MS)
    expect(updates()).toEqual([{ kind: 'figures', changed: [], removed: ['1'] }])
    core.accept(figures('1', 2))
    clock.pass(FLUSH_MS)
    expect(updates().at(-1)).toEqual({ kind: 'figures', changed: [figures('1', 2)], removed: [] })
  })
  it('of another login are forgotten', () => {
    core.accept(figures('1', 9))
    core.reset()
    expect(core.accept(figures('1', 1))).toBe(true)
  })
})

describe('the link', () => {
  it('tells of a gap when it is live again, not when it is live at first', () => {
    core.join(page)
    core.setLink('live')
    expect(heard.some(({ kind }) => kind === 'gap')).toBe(false)
    core.setLink('reconnecting')
    core.setLink('polling')
    core.setLink('live')
    expect(heard.filter(({ kind }) => kind === 'gap')).toHaveLength(1)
  })
  it('says since when', () => {
    core.join(page)
    clock.pass(5000)
    core.setLink('live')
    expect(heard.at(-1)).toEqual({ kind: 'link', link: 'live', since: 5000 })
  })
})

describe('pages', () => {
  it('that are silent for long are forgotten', () => {
    core.join(page)
    clock.pass(GONE_MS + 1)
    expect(core.sweep()).toBe(0)
  })
  it('that say they are there stay', () => {
    core.join(page)
    clock.pass(GONE_MS - 1)
    core.heard(page)
    clock.pass(GONE_MS - 1)
    expect(core.sweep()).toBe(1)
  })
  it('that slept too long come back by saying so', () => {
    core.accept(figures('1', 3))
    core.join(page)
    clock.pass(GONE_MS + 1)
    core.sweep()
    heard.length = 0
    core.heard(page)
    expect(updates()).toHaveLength(1)
  })
})
