// The form on grammY as a conversation of its own plugin.
//
// STORAGE is "memory", or a folder in which its file storage keeps the conversations. POLLING is "runner" (which its documentation
// advises under load, with updates of a chat in their order) or "simple". What is submitted is appended to records.jsonl.

import { randomBytes } from "node:crypto";
import { appendFileSync, readFileSync } from "node:fs";
import { conversations, createConversation } from "@grammyjs/conversations";
import { run, sequentialize } from "@grammyjs/runner";
import { FileAdapter } from "@grammyjs/storage-file";
import { Bot, InlineKeyboard } from "grammy";

const { API_URL, BOT_TOKEN, FORM: PATH, POLLING, STORAGE } = process.env;
const FORM = JSON.parse(readFileSync(PATH, "utf8"));

/** Text and buttons of a question. */
function screen(name, values = {}) {
  const buttons = FORM[name].buttons.map((label, number) =>
    InlineKeyboard.text(label, `${name.replace("so_far", "story")}:${number}`));
  const rows = [];
  for (let at = 0; at < buttons.length; at += 2) rows.push(buttons.slice(at, at + 2));
  const text = FORM[name].text.replace(/\{(\w+)\}/g, (_, key) => values[key]);
  return [text, rows.length ? { reply_markup: new InlineKeyboard(rows) } : {}];
}

/** What was done before a kill already is refused the second time, which is no reason to end. */
const done = (call) => call.catch((error) => {
  if (error.error_code !== 400) throw error;
});

async function form(conversation, ctx) {
  const otherwise = (other) =>
    other.callbackQuery ? done(other.answerCallbackQuery()) : other.reply(...screen("wrong"));
  const pressed = async (name) => {
    ctx = await conversation.waitForCallbackQuery(new RegExp(`^${name}:`), { otherwise });
    return FORM[name].buttons[Number(ctx.callbackQuery.data.split(":")[1])];
  };
  const turn = async (name, values) => {
    await done(ctx.answerCallbackQuery());
    await done(ctx.editMessageText(...screen(name, values)));
  };
  const typed = async () => {
    ctx = await conversation.waitFor("message:text", { otherwise });
    return ctx.message.text;
  };

  await ctx.reply(...screen("language"));
  const language = await pressed("language");
  await turn("consent");
  await pressed("consent");
  await turn("organisation");
  const organisation = await typed();
  await ctx.reply(...screen("province"));
  const province = await pressed("province");
  await turn("menu");
  await pressed("menu");
  await turn("topic");
  const topic = await pressed("topic");
  await turn("place");
  const place = await pressed("place");
  await turn("title");
  const title = await typed();
  await ctx.reply(...screen("story"));
  const story = [];
  for (;;) {
    ctx = await conversation.wait();
    if (ctx.message?.text) {
      story.push(ctx.message.text);
      await ctx.reply(...screen("so_far", { count: story.length }));
    } else if (ctx.callbackQuery?.data === "story:0") {
      break;
    } else {
      await otherwise(ctx);
    }
  }
  await turn("disclosure");
  const disclosure = await pressed("disclosure");
  const concern = { language, organisation, province, topic, place, title, story, disclosure };
  await turn("review", { ...concern, story: story.join("\n") });
  await pressed("review");
  const receipt = await conversation.external(() => {
    const receipt = randomBytes(6).toString("hex");
    appendFileSync("records.jsonl", JSON.stringify({ receipt, ...concern }) + "\n");
    return receipt;
  });
  await turn("receipt", { receipt });
}

const bot = new Bot(BOT_TOKEN, { client: { apiRoot: API_URL } });
bot.catch(({ error }) => console.error("ERROR", error));
if (POLLING === "runner") bot.use(sequentialize((ctx) => String(ctx.chat?.id)));
const adapter = STORAGE === "memory" ? undefined : new FileAdapter({ dirName: STORAGE });
bot.use(conversations(adapter ? { storage: { type: "key", adapter } } : {}));
// Whoever writes /start begins anew.
bot.command("start", async (ctx, next) => {
  await ctx.conversation.exitAll();
  await next();
});
bot.use(createConversation(form));
bot.command("start", (ctx) => ctx.conversation.enter("form"));
bot.on("message", (ctx) => ctx.reply(...screen("unknown")));
bot.on("callback_query", async (ctx) => {
  await done(ctx.answerCallbackQuery());
  await ctx.reply(...screen("unknown"));
});
if (POLLING === "runner") run(bot);
else bot.start();
