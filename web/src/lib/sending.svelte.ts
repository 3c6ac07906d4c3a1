// A form on its way to the server: takes no second click, keeps what was wrong, and leads to the first field that is.
import { tick } from 'svelte'
import { asFailure, isAbort, type Failure, type FieldErrors } from '../api/failure'

export class Sending {
  busy = $state(false)
  failure = $state.raw<Failure>()
  errors = $derived<FieldErrors>(this.failure?.fieldErrors ?? {})

  /** Undefined when it failed: `failure` says why. */
  async run<T>(task: () => Promise<T>): Promise<T | undefined> {
    if (this.busy) return undefined
    this.busy = true
    this.failure = undefined
    try {
      return await task()
    } catch (error) {
      if (isAbort(error)) return undefined
      this.failure = asFailure(error)
      void toFirstError()
      return undefined
    } finally {
      this.busy = false
    }
  }
  clear(): void {
    this.failure = undefined
  }
}

/** In the form that has the focus, or in the page. */
export async function toFirstError(): Promise<void> {
  const form = document.activeElement?.closest('dialog, form') ?? document
  await tick()
  form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
}
