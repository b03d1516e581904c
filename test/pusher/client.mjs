// A client, and what an application hears of a channel.
import { equal, ok, until } from './claim.mjs'

// Client is a pusher-js, and what it has heard.
export class Client {
  frames = []
  errors = []

  constructor(stage, pusher) {
    this.stage = stage
    this.pusher = pusher
    pusher.connection.bind('message', (frame) => this.frames.push(frame))
    pusher.connection.bind('error', (error) => this.errors.push(error))
  }

  get socket() { return this.pusher.connection.socket_id }
  get state() { return this.pusher.connection.state }

  async connects() { await this.is('connected') }

  async is(state) { await until(() => `a client is ${state}; it is ${this.state}, ${JSON.stringify(this.errors)}`, () => this.state === state) }

  // comesBack waits for another connection than the one that it had.
  async comesBack(before) {
    const back = () => this.state === 'connected' && this.socket !== before
    await until(() => `a client is back; it is ${this.state}, ${JSON.stringify(this.errors)}`, back)
  }

  // listens subscribes to a channel, and waits for nothing.
  listens(name) { return new Ears(this, this.pusher.subscribe(name)) }

  // joins subscribes to a channel, and waits until it is in.
  async joins(name) {
    const ears = this.listens(name)
    await ears.hears('pusher:subscription_succeeded')
    return ears
  }

  // leaves unsubscribes, and waits until the server has read that: what comes on a socket is done in order.
  async leaves(ears) {
    this.pusher.unsubscribe(ears.name)
    await this.joins(this.stage.name('leaves-'))
  }

  // refused subscribes in vain, and answers what the channel is told.
  async refused(name) {
    const ears = this.listens(name)
    const error = await ears.hears('pusher:subscription_error')
    ok(!ears.channel.subscribed, `${name} was joined all the same`)
    equal(this.state, 'connected', 'who was refused is')
    return error
  }

  async signsIn() {
    this.pusher.signin()
    await this.sees('pusher:signin_success')
    await until('the channel of the user is joined', () => this.pusher.user.serverToUserChannel?.subscribed)
  }

  // sends sends what pusher-js itself would not.
  sends(event, data, channel) { ok(this.pusher.send_event(event, data, channel), `${event} is sent`) }

  // sees waits for a frame of the server's.
  async sees(event, test = () => true) {
    const find = () => this.frames.find((f) => f.event === event && test(f))
    await until(() => `there is ${event} in ${JSON.stringify(this.frames.slice(-12))}`, find)
    return find()
  }

  // isTold waits for an error after the first few.
  async isTold(code, after = 0) {
    const find = () => this.errors.slice(after).find((e) => (e.data ?? e.error?.data)?.code === code)
    await until(() => `there is an error ${code} in ${JSON.stringify(this.errors.slice(after))}`, find)
    return find().data ?? find().error.data
  }
}

// Ears are what an application hears of a channel.
class Ears {
  heard = []

  constructor(client, channel) {
    this.client = client
    this.channel = channel
    this.name = channel.name
    channel.bind_global((event, data) => this.heard.push([event, data]))
  }

  // hears waits until an event has come a number of times, and answers the data of the last of them.
  async hears(event, times = 1) {
    const found = () => this.heard.filter(([e]) => e === event)
    const so = () => `${this.name} hears ${event}; it heard ${JSON.stringify(this.heard.slice(-12))}, errors ${JSON.stringify(this.client.errors)}`
    await until(so, () => found().length >= times)
    return found()[times - 1][1]
  }

  times(event) { return this.heard.filter(([e]) => e === event).length }

  // events are what was triggered, without what the server says by itself, and without marks.
  get events() { return this.heard.filter(([e]) => !e.startsWith('pusher:') && !e.startsWith('mark-')) }
}
