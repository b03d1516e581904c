// A customer's application: it has the real `pusher` server library, says who may join what, serves the pages that have pusher-js, and lays
// lines to Bellhop that can be cut.
import { createServer as serveTCP, connect } from 'node:net'
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { readFile } from 'node:fs/promises'
import Pusher from 'pusher'

export const { BELLHOP, PUSHER_APP_ID: appId, PUSHER_KEY: key, PUSHER_SECRET: secret, PUSHER_ACTIVITY_TIMEOUT: activityTimeout } = process.env
// hosts are the gateways, host:port. The library calls the last of them.
export const hosts = BELLHOP.split(',')
const [host, port] = hosts.at(-1).split(':')

// options are those of the server library.
export const options = { appId, key, secret, host, port, encryptionMasterKeyBase64: randomBytes(32).toString('base64') }
const library = new Pusher(options)

// open serves the application, and answers what clients must know of it, and how to ask it from here. In all the tests it is told in JSON
// who somebody is; a real one asks its own sessions.
export async function open() {
  const server = createServer((request, response) => {
    route(request).catch((e) => ({ status: 500, json: { error: e.stack } })).then(({ status = 200, type = 'application/json', json, text }) => {
      response.writeHead(status, { 'Content-Type': type })
      response.end(text ?? JSON.stringify(json))
    })
  })
  await new Promise((open) => server.listen(0, '127.0.0.1', open))
  settings.site = `http://127.0.0.1:${server.address().port}`
  return { settings, ask, close: () => { server.close(); server.closeAllConnections(); for (const line of lines.values()) line.end() } }
}

const settings = { hosts, key, activityTimeout: Number(activityTimeout) }

async function route(request) {
  const { pathname } = new URL(request.url, 'http://site')
  if (request.method === 'GET') return file(pathname)
  let body = ''
  for await (const chunk of request) body += chunk
  switch (pathname) {
    case '/pusher/auth': return authorize(new URLSearchParams(body))
    case '/pusher/user-auth': return authenticate(new URLSearchParams(body))
    default: return { json: await ask(pathname, JSON.parse(body)) }
  }
}

// ask does what a script wants of the application.
async function ask(path, { method, args, port, to }) {
  switch (path) {
    case '/call': return call(method, args)
    case '/sign': return sign(method, args)
    case '/line': return { port: await lay(to) }
    case '/line/aim': return lines.get(port).aim(to)
    case '/line/cut': return lines.get(port).cut()
    case '/line/end': return lines.get(port).end()
    default: throw new Error(`nothing is at ${path}`)
  }
}

// authorize says who may join a channel. As `spoil` says it does so wrongly; `as` is what is signed in place of what was asked for.
function authorize(form) {
  const asked = Object.fromEntries(['member', 'spoil', 'as'].map((name) => [name, JSON.parse(form.get(name) ?? 'null')]))
  if (asked.spoil === 'deny') return { status: 403, json: { error: 'you may not' } }
  const channel = form.get('channel_name')
  const answer = library.authorizeChannel(asked.as?.socket ?? form.get('socket_id'), asked.as?.channel ?? channel, asked.member)
  answer.auth = spoiled(answer.auth, asked.spoil)
  return { json: answer }
}

// authenticate says who somebody is.
function authenticate(form) {
  const user = JSON.parse(form.get('user') ?? 'null')
  if (!user) return { status: 403, json: { error: 'who are you?' } }
  const answer = library.authenticateUser(form.get('socket_id'), user)
  answer.auth = spoiled(answer.auth, JSON.parse(form.get('spoil') ?? 'null'))
  return { json: answer }
}

function spoiled(auth, how) {
  const [key, signature] = auth.split(':')
  switch (how) {
    case 'signature': return `${key}:${'0'.repeat(signature.length)}`
    case 'key': return `another:${signature}`
    case 'form': return signature
    default: return auth
  }
}

// call calls a method of the library.
async function call(method, args) {
  try {
    const answer = await library[method](...args)
    return { status: answer.status, body: await answer.json() }
  } catch (e) {
    return { error: `${method}: ${e.message} ${e.status} ${e.body}`, status: e.status, body: e.body }
  }
}

// sign has the library sign for a socket: a channel, a user, or any text.
function sign(method, args) {
  if (method !== 'text') return library[method](...args)
  return { auth: `${key}:${library.config.token.sign(args[0])}` }
}

const lines = new Map()

// lay lays a line to a gateway, which can be cut, and aimed at another for who connects from then on.
async function lay(to) {
  const open = new Set()
  const server = serveTCP((here) => {
    const [host, port] = to.split(':')
    const there = connect(port, host)
    for (const [a, b] of [[here, there], [there, here]]) {
      open.add(a)
      a.on('error', () => {}).on('close', () => { open.delete(a); b.destroy() }).pipe(b)
    }
  })
  await new Promise((open) => server.listen(0, '127.0.0.1', open))
  const cut = () => { for (const socket of open) socket.destroy(); return {} }
  lines.set(server.address().port, { cut, aim: (other) => { to = other; return {} }, end: () => { server.close(); return cut() } })
  return server.address().port
}

const scripts = /^\/(stage|client|claim|themes|theme\/[a-z]+)\.mjs$/
const builds = /^\/(pusher|pusher-with-encryption)\.(js|html)$/

async function file(path) {
  const here = (name) => readFile(new URL(name, import.meta.url), 'utf8')
  if (path === '/settings') return { json: settings }
  if (scripts.test(path)) return { type: 'text/javascript', text: await here(`.${path}`) }
  const [, build, kind] = path.match(builds) ?? []
  if (kind === 'js') return { type: 'text/javascript', text: await here(`node_modules/pusher-js/dist/web/${build}.js`) }
  if (kind === 'html') return { type: 'text/html', text: (await here('page.html')).replaceAll('BUILD', build) }
  return { status: 404, json: { error: `no ${path}` } }
}
