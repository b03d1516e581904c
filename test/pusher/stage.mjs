// What a point of a theme plays with: clients that are the real pusher-js, a customer's application that has the real server library,
// names that nobody else uses, and waits that end. It runs in Node and in browsers.
import { Client } from './client.mjs'
import { same, until } from './claim.mjs'

// bound is how long a point may take, in ms. Where all is well it takes some hundreds.
const bound = 60_000

// play plays all points of all themes, so many at once, and reports each as it ends. Names have the build in them, which is told of no other
// run at the same installation.
export async function play(themes, { Pusher, settings, ask, build, beside }, report) {
  const said = []
  Pusher.log = (line) => said.push(line)
  const points = Object.entries(themes).flatMap(([theme, points]) => Object.entries(points).map(([point, script]) => ({ theme, point, script })))
  let next = 0
  await Promise.all(Array.from({ length: beside }, async () => {
    while (next < points.length) {
      const number = next++
      const { theme, point, script } = points[number]
      const begun = performance.now()
      const stage = new Stage({ Pusher, settings, ask, report, tag: `${build}${number}x` })
      let error
      try {
        await within(bound, script(stage))
      } catch (e) {
        error = [e.stack ?? String(e), ...stage.story(said)].join('\n')
      }
      stage.close()
      report({ theme, point, ms: Math.round(performance.now() - begun), error })
    }
  }))
}

function within(ms, promise) {
  let timer
  const late = new Promise((_, fail) => { timer = setTimeout(() => fail(new Error(`not done within ${ms} ms`)), ms) })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

// door lets so many clients connect at once: browsers delay each the longer the more of them do, by seconds from sixteen on.
const door = {
  free: 6,
  waiting: [],
  async enter() {
    if (this.free > 0) this.free--
    else await new Promise((enter) => this.waiting.push(enter))
  },
  leave() {
    const next = this.waiting.shift()
    if (next) next()
    else this.free++
  },
}

class Stage {
  #clients = []
  #lines = []
  #count = 0

  constructor(given) {
    Object.assign(this, given)
    // app is the server library in the customer's application: what a method's promise comes to is { status, body }, or an error with both.
    this.app = new Proxy({}, { get: (_, method) => (...args) => this.site('/call', { method, args }) })
  }

  // name makes a name that no other point uses, of a channel or of a user.
  name(begin = '') { return `${begin}${this.tag}${++this.#count}` }

  // client opens a connection and waits for it. Of its options, the user is who signs in, and the member who joins presence channels; the
  // others are pusher-js's own, or see site.mjs.
  async client(options = {}) {
    await door.enter()
    try {
      const client = this.visitor(options)
      await client.connects()
      return client
    } finally {
      door.leave()
    }
  }

  // visitor is a client that nobody has waited for. Each is at the next of the gateways.
  visitor({ key = this.settings.key, host, user, member, spoil, as, ...options } = {}) {
    const hosts = this.settings.hosts
    const [wsHost, wsPort] = (host ?? hosts[this.#clients.length % hosts.length]).split(':')
    const told = Object.entries({ user, member, spoil, as }).filter(([, value]) => value !== undefined)
    const params = Object.fromEntries(told.map(([name, value]) => [name, JSON.stringify(value)]))
    const pusher = new this.Pusher(key, {
      cluster: 'none', wsHost, wsPort: Number(wsPort), forceTLS: false, enabledTransports: ['ws', 'wss'],
      channelAuthorization: { endpoint: `${this.settings.site}/pusher/auth`, params },
      userAuthentication: { endpoint: `${this.settings.site}/pusher/user-auth`, params },
      ...options,
    })
    const client = new Client(this, pusher)
    this.#clients.push(client)
    return client
  }

  // line lays a line to a gateway that can be cut.
  async line(to) {
    const { port } = await this.site('/line', { to })
    this.#lines.push(port)
    return {
      host: `127.0.0.1:${port}`,
      cut: () => this.site('/line/cut', { port }),
      aim: (to) => this.site('/line/aim', { port, to }),
    }
  }

  // marks has every listener hear one more event of its channel: all that was sent before has come by then.
  async marks(...ears) {
    const mark = `mark-${++this.#count}`
    for (const name of new Set(ears.map((e) => e.name))) await this.app.trigger(name, mark, {})
    await Promise.all(ears.map((e) => e.hears(mark)))
  }

  // says tells whoever runs the scripts something.
  says(what) { this.report({ says: what }) }

  // sign has the library sign something, for what pusher-js does not ask it for.
  sign(method, ...args) { return this.site('/sign', { method, args }) }

  // stands waits until the server says so of a channel. What of it is no presence is known everywhere some milliseconds after it is so.
  async stands(name, want, info) {
    let last
    const so = () => `${name} is ${JSON.stringify(want)}; it is ${JSON.stringify(last)}`
    await until(so, async () => same(last = await this.channel(name, info), want))
  }

  // members are the ids of the users of a channel, as the server says.
  async members(name) {
    return (await this.app.get({ path: `/channels/${name}/users` })).body.users.map((user) => user.id).sort()
  }

  // channel is what the server says of a channel.
  async channel(name, info) {
    return (await this.app.get({ path: `/channels/${name}`, params: info ? { info } : {} })).body
  }

  // site asks the customer's application.
  async site(path, body) {
    const answer = await this.ask(path, body)
    if (answer.error) throw Object.assign(new Error(answer.error), answer)
    return answer
  }

  // story is what happened here, as pusher-js tells it, for a point that failed.
  story(said) {
    return [
      ...this.#clients.map((c) => `client ${c.pusher.connection.socket_id}: ${c.pusher.connection.state}, errors ${JSON.stringify(c.errors)}`),
      ...said.filter((line) => line.includes(this.tag)).slice(-60),
    ]
  }

  close() {
    for (const client of this.#clients) client.pusher.disconnect()
    for (const port of this.#lines) this.site('/line/end', { port }).catch(() => {})
  }
}
