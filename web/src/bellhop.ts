// The same for who bundles: import { init } from "@bellhop/widget".
import { create } from "./loader/api";

const api = create(() => import(__PANEL__));
export const {
  init, open, close, toggle, sendMessage, uploadFile, uploadFiles, trigger, onEvent, offEvent, on, off,
  identify, reset, getIdentity, setConfig, destroy,
} = api;
export default api;
