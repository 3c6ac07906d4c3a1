// Fails when src/api/schema.d.ts is not what docs/api/openapi.yaml gives now.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const dir = mkdtempSync(join(tmpdir(), 'headway-types-'))
try {
  const fresh = join(dir, 'schema.d.ts')
  execFileSync('npx', ['openapi-typescript', '../docs/api/openapi.yaml', '--output', fresh], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (readFileSync(fresh, 'utf8') !== readFileSync('src/api/schema.d.ts', 'utf8')) {
    console.error('web/src/api/schema.d.ts is stale: run `tools/web run types` and commit it')
    process.exit(1)
  }
} finally {
  rmSync(dir, { recursive: true })
}
