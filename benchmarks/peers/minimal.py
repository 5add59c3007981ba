"""The least that python-telegram-bot does for a tap: answer it, show the next question, and keep nothing.

python -m benchmarks.peers.minimal <Telegram's port>
"""

import sys

from telegram import Update
from telegram.ext import Application, CallbackQueryHandler, ContextTypes

from benchmarks.peers.day import TAPS, TOKEN, shown

STEPS = {question: step for step, (question, *_) in enumerate(TAPS)}


async def answer(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    query = update.callback_query
    assert query is not None and query.data is not None
    _, card, question, code = query.data.split(":")
    text, buttons = shown(int(card), STEPS[question] + 1, f"{question} {code}")
    await query.answer("Saved")
    await query.edit_message_text(text, parse_mode="HTML", reply_markup=buttons)


if __name__ == "__main__":
    base = f"http://127.0.0.1:{sys.argv[1]}/bot"
    application = Application.builder().token(TOKEN).base_url(base).concurrent_updates(True).job_queue(None).build()
    application.add_handler(CallbackQueryHandler(answer, pattern="^answer:"))
    application.run_polling()
