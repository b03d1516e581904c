// The server library, used where the scripts are, and what it comes to.
import { createHash } from 'node:crypto'
import Pusher from 'pusher'
import { equal, ok } from './claim.mjs'
import { options } from './site.mjs'

export const library = new Pusher(options)
export const gateway = `http://${options.host}:${options.port}`

// answer is what a call of the library comes to.
export async function answer(call) {
  const response = await call
  return { status: response.status, type: response.headers.get('content-type'), body: await response.json() }
}

// refusal is the error that a call of the library comes to; its body says why, and gives no secret away.
export async function refusal(call, status) {
  const error = await call.then((r) => { throw new Error(`it was answered with ${r.status}`) }, (e) => e)
  ok(error instanceof Pusher.RequestError, `${error}`)
  equal(error.status, status, `the status, with ${error.body}`)
  ok(error.body && error.body.length < 2_000 && !error.body.includes(options.secret), `it says why: ${error.body}`)
  return error.body
}

export const post = (body, path = '/events') => library.post({ path, body })
export const get = (path, params) => library.get({ path, params })

// signed makes a call that the library would not, rightly signed.
export function signed({ method = 'GET', path = `/apps/${options.appId}/channels`, body, time = Math.trunc(Date.now() / 1000), ...more }) {
  const md5 = body === undefined ? {} : { body_md5: createHash('md5').update(body).digest('hex') }
  const params = { auth_key: options.key, auth_timestamp: time, auth_version: '1.0', ...md5, ...more }
  const query = Object.entries(params).filter(([, v]) => v !== undefined).sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, v]) => `${k}=${v}`).join('&')
  const signature = library.config.token.sign([method, path, query].join('\n'))
  return fetch(`${gateway}${path}?${query}&auth_signature=${signature}`, { method, body, headers: { 'Content-Type': 'application/json' } })
}
