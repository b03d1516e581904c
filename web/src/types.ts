// What the loader, the panel and a page's own code share. Only types: nothing of this file is in the built ones.

export type Sender = "visitor" | "operator" | "ai" | "system";
/** `sending` and `failed` are the browser's own; the others are the server's. */
export type Status = "sending" | "failed" | "sent" | "delivered" | "read";

export interface Attachment {
  id: string; filename: string; mimeType: string; size: number; url: string; thumbnailUrl?: string; status?: string;
}

export interface Quote {
  id: string; content: string; sender: Sender; deleted?: boolean; hasAttachment?: boolean; attachmentType?: string;
}

export interface Message {
  id: string; sessionId?: string; content: string; sender: Sender; timestamp: string; operatorName?: string;
  replyTo?: string | Quote; attachments?: Attachment[]; status?: Status;
  deliveredAt?: string; readAt?: string; editedAt?: string; deletedAt?: string;
  /** key names an own message until the server has given it an id; a repeat with the same key makes one copy. */
  key?: string;
}

/** Identity is who the visitor is. Where the site proves it, token (a JWT) or userHash does. */
export interface Identity { id: string; email?: string; name?: string; token?: string; userHash?: string; [key: string]: unknown }
export interface CustomEvent { name: string; data?: unknown; timestamp: string; sessionId?: string }
export interface TrackedElement { selector: string; event?: string; name: string; widgetMessage?: string; data?: Record<string, unknown> }
export interface PreChatForm {
  enabled: boolean; required?: boolean; timing?: "before-first-message" | "after-first-message";
  fields?: "email-only" | "phone-only" | "email-or-phone" | "email-and-phone"; completed?: boolean;
}
export interface VersionWarning {
  severity: "info" | "warning" | "error"; message: string; currentVersion: string; minVersion?: string;
  latestVersion?: string; canContinue: boolean; upgradeUrl?: string;
}

type Gradient = { from: string; to: string; direction?: string };
type Plain = string | Gradient;
export type Colour = Plain | { light: Plain; dark: Plain };

export interface Appearance {
  operatorName?: string; operatorAvatar?: string; logoUrl?: string; headerTitle?: string; headerSubtitle?: string; welcomeMessage?: string;
  placeholder?: string; primaryColor?: Colour; primaryTextColor?: string; headerColor?: Colour; footerColor?: Colour;
  chatBackground?: Colour; toggleColor?: Colour; toggleIcon?: string; borderRadius?: number | string; fontFamily?: string; zIndex?: number;
  customCSS?: string; theme?: "light" | "dark" | "auto"; position?: "bottom-right" | "bottom-left";
}

export interface Options extends Appearance {
  endpoint?: string; projectId?: string;
  /** locale is a language such as "de"; without one the page's, then the browser's. */
  locale?: string;
  /** lazy connects nobody who has no conversation until the chat is wanted; the toggle shows no presence until then. */
  lazy?: boolean;
  showDelay?: number; autoOpenDelay?: number; autoOpenOnMessage?: boolean; persistOpenState?: boolean; soundEnabled?: boolean;
  showUnreadBadge?: boolean; hideOnMobile?: boolean; showOnPages?: string[]; hideOnPages?: string[]; trackedElements?: TrackedElement[];
  /** nonce is not needed: the widget has no inline style or script. It is taken so that pages may pass it without harm. */
  nonce?: string;
  preChatForm?: PreChatForm; identity?: Identity;
  onOpen?(): void; onClose?(): void; onMessage?(m: Message): void; onConnect?(sessionId: string): void;
  onDisconnect?(): void; onError?(e: Error): void; onEvent?(e: CustomEvent): void; onVersionWarning?(w: VersionWarning): void;
  onUnreadChange?(n: number): void; onTyping?(typing: boolean): void; onSessionStart?(s: { sessionId: string; visitorId: string; resumed: boolean }): void;
}

export type Handler = (data: any, more?: any) => void;

/** Core is what the loader hands to the panel. Loader and panel may be of two versions for an hour: only add to it. */
export interface Core {
  options: Options; endpoint: string; host: HTMLElement; root: ShadowRoot; toggle: HTMLButtonElement;
  emit(event: string, data?: unknown, more?: unknown): void;
  /** show paints the toggle. */
  show(state: { open?: boolean; unread?: number; online?: boolean }): void;
}

/** Panel is what the loader gets back. */
export interface Panel {
  open(): void; close(): void; isOpen(): boolean;
  send(content: string, attachmentIds?: string[], replyTo?: string): Promise<Message>;
  upload(file: File, progress?: (percent: number) => void): Promise<Attachment>;
  trigger(name: string, data?: unknown, options?: { widgetMessage?: string }): void;
  identify(identity: Identity): Promise<void>;
  reset(options?: { newSession?: boolean }): Promise<void>;
  configure(options: Options): void; track(elements: TrackedElement[]): void; destroy(): void;
}
