import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type ServerProcess, serverProcess } from './process.ts'

describe('a server that a test starts as a process', () => {
  let server: ServerProcess

  it('answers', async () => {
    server = await serverProcess()
    await server.start()
    expect((await server.fetch('/healthz')).status).toBe(200)
  })

  it('is gone after that test with its folder, and cannot come back', async () => {
    expect(server.isRunning()).toBe(false)
    expect(existsSync(server.folder)).toBe(false)
    await expect(server.start()).rejects.toThrow('The test is over')
  })
})
