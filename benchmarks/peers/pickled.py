"""A card as python-telegram-bot's own examples would make it: ConversationHandler, answers in PicklePersistence.

Its updates go one after the other, as ConversationHandler asks for; what it holds reaches the disk once a minute.

    python -m benchmarks.peers.pickled <Telegram's port> <file>
"""

import sys

from telegram import Update
from telegram.ext import Application, CallbackQueryHandler, ContextTypes, ConversationHandler, PicklePersistence

from benchmarks.peers.day import TAPS, TOKEN, shown


def asks(step: int) -> CallbackQueryHandler[ContextTypes.DEFAULT_TYPE, int]:
    """Return the handler of the question at `step`."""

    async def answer(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
        query = update.callback_query
        assert query is not None and query.data is not None and context.user_data is not None
        _, card, question, code = query.data.split(":")
        answers = context.user_data.setdefault(int(card), {})
        answers[question] = code
        so_far = " · ".join(f"{key} {value}" for key, value in answers.items())
        text, buttons = shown(int(card), step + 1, so_far)
        await query.answer("Saved")
        await query.edit_message_text(text, parse_mode="HTML", reply_markup=buttons)
        return step + 1 if step + 1 < len(TAPS) else ConversationHandler.END

    return CallbackQueryHandler(answer, pattern=f"^answer:[0-9]+:{TAPS[step][0]}:")


if __name__ == "__main__":
    base = f"http://127.0.0.1:{sys.argv[1]}/bot"
    kept = PicklePersistence(sys.argv[2])
    application = Application.builder().token(TOKEN).base_url(base).persistence(kept).job_queue(None).build()
    application.add_handler(
        ConversationHandler(
            entry_points=[asks(0)],
            states={step: [asks(step)] for step in range(1, len(TAPS))},
            fallbacks=[],
            per_message=True,
            name="card",
            persistent=True,
        )
    )
    application.run_polling()
