import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readConfig } from './config.ts'

describe('readConfig', () => {
  it('needs nothing', () => {
    expect(readConfig({})).toMatchObject({
      port: 3000,
      host: '127.0.0.1',
      databaseUrl: undefined,
      data: resolve('data'),
      admin: undefined,
      currency: 'EUR',
      logLevel: 'info',
      demo: false,
    })
  })

  it('reads variables, and flags win over them', () => {
    const env = {
      PORT: '4000',
      HOST: '0.0.0.0',
      XRM_PUBLIC_URL: 'https://crm.example.com/',
      XRM_TIME_ZONE: 'Europe/Berlin',
    }
    expect(readConfig(env, ['--port', '5000', '--demo'])).toMatchObject({
      port: 5000,
      host: '0.0.0.0',
      publicUrl: 'https://crm.example.com',
      timeZone: 'Europe/Berlin',
      demo: true,
    })
  })

  it('takes the password as it is, blanks included', () => {
    const env = { XRM_ADMIN_EMAIL: ' ada@example.com ', XRM_ADMIN_PASSWORD: ' correct horse ' }
    expect(readConfig(env).admin).toEqual({ email: 'ada@example.com', password: ' correct horse ' })
  })

  it.each([
    [{ PORT: '70000' }, 'PORT'],
    [{ PORT: '3e3' }, 'PORT'],
    [{ DATABASE_URL: 'mysql://localhost' }, 'DATABASE_URL'],
    [{ XRM_ADMIN_EMAIL: 'ada@example.com' }, 'XRM_ADMIN_PASSWORD'],
    [{ XRM_TIME_ZONE: 'Mars/Olympus' }, 'XRM_TIME_ZONE'],
    [{ XRM_CURRENCY: 'EURO' }, 'XRM_CURRENCY'],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL'],
    [{ XRM_PUBLIC_URL: 'https://example.com/crm' }, 'XRM_PUBLIC_URL'],
    [{ XRM_PUBLIC_URL: 'javascript:alert(1)' }, 'XRM_PUBLIC_URL'],
    [{ XRM_CURENCY: 'EUR' }, 'XRM_CURENCY'],
    [{ XRM_FILE_MAX: '0' }, 'XRM_FILE_MAX'],
    [{ XRM_FILE_QUOTA: '1.5' }, 'XRM_FILE_QUOTA'],
  ])('refuses %j and names the variable', (env, name) => {
    expect(() => readConfig(env)).toThrow(name)
  })

  it('refuses a flag that it does not know', () => {
    expect(() => readConfig({}, ['--verbose'])).toThrow('--verbose')
  })
})
