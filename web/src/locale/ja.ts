import type { Words } from "./en";

const words: Words = {
  title: "チャットでお問い合わせ", online: "オンラインです", reachable: "通常は数分以内に返信します", away: "メッセージをお残しください",
  connecting: "接続中…", lost: "接続がありません。回復しだい送信します。", welcome: "こんにちは。どのようなご用件でしょうか？",
  placeholder: "メッセージを入力…", send: "送信", attach: "ファイルを添付", close: "チャットを閉じる", you: "あなた", team: "サポート", ai: "アシスタント",
  conversation: "会話", today: "今日", yesterday: "昨日", edited: "編集済み", deleted: "このメッセージは削除されました", typing: "が入力中です",
  sending: "送信中", sent: "送信済み", delivered: "配信済み", read: "既読", failed: "送信できませんでした", retry: "再試行", discard: "破棄",
  reply: "返信", edit: "編集", remove: "削除", actions: "メッセージの操作", cancel: "キャンセル", save: "保存", replying: "返信先", editing: "メッセージを編集",
  photo: "写真", file: "ファイル", drop: "ここにファイルをドロップして送信", removeFile: "取り除く", uploading: "アップロード中", uploadFailed: "アップロードできませんでした",
  newest: "最新のメッセージ", fresh: "新しいメッセージ", chars: "文字まで入力できます", error: "うまくいきませんでした。もう一度お試しください。",
  rate: "この会話はいかがでしたか？", faces: "とても悪い|悪い|ふつう|良い|とても良い", comment: "ご意見をお聞かせください（任意）", submit: "送信",
  thanks: "ご意見ありがとうございます！", notNow: "あとで", contact: "ご連絡先を教えてください", contactWhy: "ページを離れても返信が届くようにするためです。",
  email: "メールアドレス", phone: "電話番号", country: "国", start: "続ける", skip: "スキップ", badEmail: "正しいメールアドレスを入力してください。",
  badPhone: "正しい電話番号を入力してください。", shot: "担当者がこのページの確認を求めています", shotWhy: "このタブの画像を1枚送信します。チャットは写りません。ほかには何も共有されません。",
  share: "画像を共有", decline: "断る", outdated: "このチャットは古くなっています。ページを再読み込みしてください。", closed: "この会話は終了しました。書き込むと再開します。",
  blocked: "現在チャットをご利用いただけません。",
};
export default words;
