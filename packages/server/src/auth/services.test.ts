import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Session, Store } from '../store/port.ts'
import { createServices } from './services.ts'

/** As much of a store as services need. */
function sessionStore() {
  const sessions = new Map<string, Session>()
  const store = {
    createSession: async (session: Session) => void sessions.set(session.tokenHash, session),
    session: async (hash: string) => sessions.get(hash),
    deleteSession: async (hash: string) => void sessions.delete(hash),
  } as Store
  return { store, sessions }
}

test('[AU-36] a service token does not outlive the secret that it was got with', async () => {
  const { store } = sessionStore()
  const services = (secret?: string) => createServices(store, secret, () => 0)
  const { token } = await services('one').signIn('importer', 'one')
  assert.equal((await services('one').find(token))?.service, 'importer')
  assert.equal(await services('two').find(token), undefined)
  assert.equal(await services().find(token), undefined)
})

test('[AU-7] neither a service token nor the secret is stored', async () => {
  const { store, sessions } = sessionStore()
  const { token } = await createServices(store, 'the-secret', () => 0).signIn('importer', 'the-secret')
  const stored = JSON.stringify([...sessions.values()])
  assert.ok(!stored.includes(token) && !stored.includes('the-secret'))
})
