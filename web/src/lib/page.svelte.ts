// What the open page tells the shell about itself.
class PageInfo {
  /** Overrides the route's title: the name of what is shown. */
  title = $state<string | null>(null)
}
export const page = new PageInfo()

/** Call it while a page is set up. */
export function pageTitle(title: () => string | undefined): void {
  $effect(() => {
    page.title = title() ?? null
    return () => {
      page.title = null
    }
  })
}
