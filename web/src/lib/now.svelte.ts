// The time of day as state, for "3 min ago": one timer for the page, quiet while it is hidden.
let now = $state(Date.now())
let timer: ReturnType<typeof setInterval> | undefined

function tick(): void {
  now = Date.now()
}
export function startClock(): void {
  timer ??= setInterval(() => {
    if (!document.hidden) tick()
  }, 10_000)
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) tick()
  })
}
export const time = {
  get now(): number {
    return now
  },
}
