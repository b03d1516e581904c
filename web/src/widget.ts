// The script that a page includes: <script src="https://chat.example.com/widget.js" data-endpoint="…" async></script>.
import { create } from "./loader/api";
import { auto, expose } from "./loader/page";
import type { Core, Panel } from "./types";

const script = document.currentScript as HTMLScriptElement | null;
const base = script?.src || location.href;
type Module = { start(core: Core): Panel };
const fetchPanel = (name: string): Promise<Module> => import(new URL(`widget/${name}`, base).href);

// Between two releases the page may hold a loader whose panel is gone: the server then has the new one, under a name that stays.
const api = create(() => fetchPanel(__PANEL__).catch(() => fetchPanel("panel.js")));
expose(api);
if (script) auto(api, script, base);
