import type { Attachment, Core, Handler, Identity, Message, Options, Panel } from "../types";
import { keys, read, readJSON, write } from "../keep";
import { emitter, guarded } from "./emitter";
import { draw, type Toggle } from "./toggle";
import { shown, whenIdle } from "./when";

type Load = () => Promise<{ start(core: Core): Panel }>;
export type Api = ReturnType<typeof create>;

/** create makes the API; load fetches the panel, when somebody wants it. */
export function create(load: Load) {
  const client = emitter(), custom = emitter();
  let options: Options = {}, toggle: Toggle | null = null, core: Core | null = null, panel: Promise<Panel> | null = null;
  let ready: Panel | null = null, timers: number[] = [];

  const emit = (name: string, data?: unknown, more?: unknown) => {
    client.emit(name, data, more);
    if (name === "event") custom.emit((data as { name: string }).name, (data as { data?: unknown }).data, data);
    const callback = options[`on${name[0].toUpperCase()}${name.slice(1)}` as keyof Options] as Handler | undefined; // open: onOpen
    if (callback) guarded(callback, data, more);
  };

  /** want loads the panel once; who calls it before init waits for nothing. */
  const want = (): Promise<Panel> => {
    if (!core) return Promise.reject(new Error("[Bellhop] call init first"));
    const mine = core;
    return panel ||= load().then((module) => {
      if (core !== mine) throw new Error("[Bellhop] destroyed");
      return ready = module.start(mine);
    }).catch((error) => { panel = null; if (core === mine) emit("error", error); throw error; });
  };
  const quietly = (call: (p: Panel) => unknown) => void want().then(call).catch(() => { /* told as an error event */ });
  const later = (call: () => void, ms: number) => void timers.push(window.setTimeout(call, ms));

  function begin(given: Options, endpoint: string): void {
    toggle = draw(given, { press: api.toggle, hint: () => quietly(() => {}) });
    core = { options, endpoint, host: toggle.host, root: toggle.root, toggle: toggle.button, emit, show: toggle.show };
    later(() => toggle?.appear(), given.showDelay || 0);
    const open = given.persistOpenState && read(keys.open) === "1";
    if (open) api.open();
    else if (given.autoOpenDelay) later(api.open, given.autoOpenDelay);
    if (!given.lazy || read(keys.session)) whenIdle(() => core && quietly(() => {}));
  }

  const api = {
    /** init draws the toggle. A second one changes the options. */
    init(given: Options): void {
      const base = given.endpoint || (given.projectId && `/api/widget/${given.projectId}`);
      if (!base) throw new Error("[Bellhop] init wants an endpoint or a projectId");
      if (core) return api.setConfig(given);
      options = { ...given };
      if (given.identity) write(keys.identity, JSON.stringify(given.identity));
      if (shown(given)) begin(options, new URL(base, location.href).href.replace(/\/$/, ""));
    },
    open: (): void => quietly((p) => p.open()),
    close: (): void => { ready?.close(); },
    toggle: (): void => { if (ready?.isOpen()) ready.close(); else api.open(); },
    sendMessage: (content: string, attachmentIds?: string[], replyTo?: string): Promise<Message> => want().then((p) => p.send(content, attachmentIds, replyTo)),
    uploadFile: (file: File, progress?: (percent: number) => void): Promise<Attachment> => want().then((p) => p.upload(file, progress)),
    uploadFiles: (files: Iterable<File>, progress?: (percent: number) => void): Promise<Attachment[]> =>
      Promise.all([...files].map((file) => api.uploadFile(file, progress))),
    trigger: (name: string, data?: unknown, more?: { widgetMessage?: string }): void => quietly((p) => p.trigger(name, data, more)),
    onEvent: (name: string, handler: Handler): (() => void) => custom.on(name, handler),
    offEvent: (name: string, handler: Handler): void => custom.off(name, handler),
    on: (name: string, handler: Handler): (() => void) => client.on(name, handler),
    off: (name: string, handler: Handler): void => client.off(name, handler),
    identify(identity: Identity): Promise<void> {
      if (!identity || typeof identity.id !== "string" || !identity.id) return Promise.reject(new Error("[Bellhop] identify wants an id"));
      write(keys.identity, JSON.stringify(identity));
      return core ? want().then((p) => p.identify(identity)) : Promise.resolve();
    },
    reset(more?: { newSession?: boolean }): Promise<void> {
      write(keys.identity, null);
      return core ? want().then((p) => p.reset(more)) : Promise.resolve();
    },
    getIdentity: (): Identity | null => readJSON<Identity>(keys.identity),
    setConfig(given: Options): void {
      Object.assign(options, given);
      toggle?.configure(options);
      ready?.configure(options);
    },
    destroy(): void {
      timers.forEach(clearTimeout);
      ready?.destroy();
      toggle?.remove();
      timers = [];
      toggle = core = panel = ready = null;
    },
    push: ([name, ...given]: [string, ...unknown[]]): unknown => (api as unknown as Record<string, Handler>)[name]?.(...given as [unknown]),
  };
  return api;
}
