// Short messages at the edge of the page. Those of a failure stay until they are closed.
export interface Toast {
  id: number
  tone: 'info' | 'good' | 'bad'
  text: string
  action?: { label: string; run: () => void } | undefined
}
let next = 1
export const toasts = $state<Toast[]>([])

export function toast(text: string, options: { tone?: Toast['tone']; action?: Toast['action']; ms?: number } = {}): number {
  const { tone = 'info', action, ms = action ? 10_000 : 6000 } = options
  const id = next
  next += 1
  toasts.push({ id, tone, text, action })
  if (toasts.length > 4) toasts.shift()
  if (tone !== 'bad') setTimeout(() => dismiss(id), ms)
  return id
}
export function dismiss(id: number): void {
  const at = toasts.findIndex((one) => one.id === id)
  if (at >= 0) toasts.splice(at, 1)
}
