"""The form on aiogram 3 with its own FSM, in the order of its documentation: data, then state, then the answer.

STORAGE is "memory" or the path of a socket of Redis, which is where its users keep states. What is submitted is appended to
records.jsonl.
"""

import json
import os
import secrets
from contextlib import suppress

from aiogram import Bot, Dispatcher, F, Router
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramBadRequest
from aiogram.filters import CommandStart
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.memory import MemoryStorage
from aiogram.fsm.storage.redis import RedisStorage
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message

with open(os.environ["FORM"], encoding="utf-8") as file:
    FORM = json.load(file)
router = Router()


class Form(StatesGroup):
    language = State()
    consent = State()
    organisation = State()
    province = State()
    menu = State()
    topic = State()
    place = State()
    title = State()
    story = State()
    disclosure = State()
    review = State()


def screen(name, **values):
    """Text and buttons of a question."""
    buttons = [
        InlineKeyboardButton(text=label, callback_data=f"{name.replace('so_far', 'story')}:{number}")
        for number, label in enumerate(FORM[name]["buttons"])
    ]
    rows = [buttons[at : at + 2] for at in range(0, len(buttons), 2)]
    markup = InlineKeyboardMarkup(inline_keyboard=rows) if rows else None
    return {"text": FORM[name]["text"].format(**values), "reply_markup": markup}


def chosen(query):
    """What the pressed button says."""
    name, number = query.data.split(":")
    return FORM[name]["buttons"][int(number)]


async def show(query, name, **values):
    """In the message that was pressed. What was done before a kill already is refused the second time, which is no reason to end."""
    with suppress(TelegramBadRequest):
        await query.answer()
    with suppress(TelegramBadRequest):
        await query.message.edit_text(**screen(name, **values))


async def turn(query, state, to, **values):
    """On to another question."""
    await state.set_state(to)
    await show(query, to.state.split(":")[1], **values)


@router.message(CommandStart())
async def start(message: Message, state: FSMContext):
    await state.clear()
    await state.set_state(Form.language)
    await message.answer(**screen("language"))


@router.callback_query(Form.language, F.data.startswith("language:"))
async def language(query: CallbackQuery, state: FSMContext):
    await state.update_data(language=chosen(query))
    await turn(query, state, Form.consent)


@router.callback_query(Form.consent, F.data == "consent:0")
async def consent(query: CallbackQuery, state: FSMContext):
    await turn(query, state, Form.organisation)


@router.message(Form.organisation, F.text)
async def organisation(message: Message, state: FSMContext):
    await state.update_data(organisation=message.text)
    await state.set_state(Form.province)
    await message.answer(**screen("province"))


@router.callback_query(Form.province, F.data.startswith("province:"))
async def province(query: CallbackQuery, state: FSMContext):
    await state.update_data(province=chosen(query))
    await turn(query, state, Form.menu)


@router.callback_query(Form.menu, F.data == "menu:0")
async def menu(query: CallbackQuery, state: FSMContext):
    await turn(query, state, Form.topic)


@router.callback_query(Form.topic, F.data.startswith("topic:"))
async def topic(query: CallbackQuery, state: FSMContext):
    await state.update_data(topic=chosen(query))
    await turn(query, state, Form.place)


@router.callback_query(Form.place, F.data.startswith("place:"))
async def place(query: CallbackQuery, state: FSMContext):
    await state.update_data(place=chosen(query))
    await turn(query, state, Form.title)


@router.message(Form.title, F.text)
async def title(message: Message, state: FSMContext):
    await state.update_data(title=message.text, story=[])
    await state.set_state(Form.story)
    await message.answer(**screen("story"))


@router.message(Form.story, F.text)
async def story(message: Message, state: FSMContext):
    pieces = (await state.get_data())["story"] + [message.text]
    await state.update_data(story=pieces)
    await message.answer(**screen("so_far", count=len(pieces)))


@router.callback_query(Form.story, F.data == "story:0")
async def done(query: CallbackQuery, state: FSMContext):
    await turn(query, state, Form.disclosure)


@router.callback_query(Form.disclosure, F.data.startswith("disclosure:"))
async def disclosure(query: CallbackQuery, state: FSMContext):
    data = await state.update_data(disclosure=chosen(query))
    await turn(query, state, Form.review, **{**data, "story": "\n".join(data["story"])})


@router.callback_query(Form.review, F.data == "review:0")
async def submit(query: CallbackQuery, state: FSMContext):
    receipt = secrets.token_hex(6)
    with open("records.jsonl", "a", encoding="utf-8") as file:
        file.write(json.dumps({"receipt": receipt, **await state.get_data()}) + "\n")
    await state.clear()
    await show(query, "receipt", receipt=receipt)


@router.message()
async def other(message: Message, state: FSMContext):
    known = await state.get_state()
    await message.answer(**screen("wrong" if known else "unknown"))


@router.callback_query()
async def old(query: CallbackQuery, state: FSMContext):
    with suppress(TelegramBadRequest):
        await query.answer()
    if not await state.get_state():
        await query.message.answer(**screen("unknown"))


def main():
    server = TelegramAPIServer.from_base(os.environ["API_URL"])
    bot = Bot(os.environ["BOT_TOKEN"], session=AiohttpSession(api=server))
    kept = os.environ["STORAGE"]
    storage = MemoryStorage() if kept == "memory" else RedisStorage.from_url(f"unix://{kept}")
    dispatcher = Dispatcher(storage=storage)
    dispatcher.include_router(router)
    # On uvloop, since it is installed.
    dispatcher.run_polling(bot)


if __name__ == "__main__":
    main()
