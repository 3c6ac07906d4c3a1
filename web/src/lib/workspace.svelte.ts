// The workspace that the server serves: its sample, and what this server can do. A server that does not tell has
// none of the optional parts.
import { raw } from '../api/client'
import { isFailure } from '../api/failure'
import { forget } from './resource.svelte'

export interface SampleCounts {
  campaigns: number
  accounts: number
  collections: number
}
interface WorkspaceAnswer {
  name: string
  version: string
  counts: SampleCounts & { people: number }
  sample: SampleCounts | null
  capabilities: Record<string, boolean>
}
export interface SampleRemoval {
  removed: SampleCounts
  kept: SampleCounts
  people: number
  leads: number
}

class Workspace {
  data = $state.raw<WorkspaceAnswer | null>(null)

  can(part: string): boolean {
    return this.data?.capabilities[part] === true
  }
  async load(): Promise<void> {
    try {
      this.data = await raw<WorkspaceAnswer>('GET', '/api/v1/workspace')
    } catch (error) {
      if (isFailure(error) && error.status === 404) this.data = null
    }
  }
  async removeSample(): Promise<SampleRemoval> {
    const removal = await raw<SampleRemoval>('DELETE', '/api/v1/workspace/sample')
    forget()
    await this.load()
    return removal
  }
  async loadSample(): Promise<void> {
    await raw('POST', '/api/v1/workspace/sample')
    forget()
    await this.load()
  }
}
export const workspace = new Workspace()
