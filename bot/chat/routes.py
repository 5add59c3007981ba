"""What people can say and tap, and which action answers: the table of contents."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from telegram import Message as TelegramMessage
from telegram import Update
from telegram.ext import (
    BaseHandler,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    MessageHandler,
    TypeHandler,
)
from telegram.ext import filters as only

from bot.actions import (
    attack,
    before_after,
    broadcast,
    checkin,
    checklist,
    consent,
    discreet,
    export,
    history,
    import_,
    log,
    next_,
    onboarding,
    patterns,
    privacy,
    profile,
    reminders,
    report,
    safety,
    settings,
    share,
    summary,
    tips,
    tries,
    typed,
    visits,
)
from bot.actions.typed import Said
from bot.chat.files import fetched
from bot.chat.turn import Action, Route, Turns
from bot.domain.checklists import SIGNS
from bot.domain.freetext import Understood, read_answers
from bot.domain.safety import Concern, heard
from bot.render import settings as words
from bot.render.message import Reply
from bot.store.database import Session
from bot.store.users import User
from bot.texts.words import texts_for

LONGEST_LINE = 1000
"""Characters of one typed line; nobody needs more for a day."""

PRIVATE = only.ChatType.PRIVATE & only.UpdateType.MESSAGE
OWN = PRIVATE & ~only.FORWARDED & ~only.VIA_BOT
"""Words of somebody else's, sent on to us, are nobody's answer."""

READABLE = only.Document.FileExtension("json") | only.Document.FileExtension("zip") | only.Document.FileExtension("csv")
"""Files that may hold a diary; any other is something that is not words."""

CHANGED = only.ChatType.PRIVATE & only.UpdateType.EDITED_MESSAGE & ~only.FORWARDED & ~only.VIA_BOT

CARD = frozenset({"answer", "skip", "page", "on", "tick", "untick", "ticked", "note"})
"""Buttons of a card: the number behind them is its check-in's. Each page has one of them."""

COMMANDS: Mapping[str, Route] = {
    "start": Route(onboarding.start, strangers=True),
    "checkin": Route(checkin.open_checkin),
    "summary": Route(summary.show),
    "patterns": Route(patterns.show),
    "history": Route(history.show),
    "log": Route(log.show),
    "visit": Route(visits.open_visits),
    "share": Route(share.show),
    "report": Route(report.show),
    "try": Route(tries.show),
    "reminders": Route(reminders.open_reminders),
    "remind": Route(reminders.remind),
    "next": Route(next_.show),
    "attack": Route(attack.start),
    "headache": Route(attack.start),
    "settings": Route(settings.open_settings),
    "pause": Route(settings.ask_pause),
    "resume": Route(settings.resume),
    "export": Route(export.ask, theirs=True),
    "import": Route(import_.ask),
    "delete": Route(privacy.ask_delete, strangers=True),
    "privacy": Route(privacy.show, strangers=True),
    "warning": Route(safety.warning, strangers=True),
    "help": Route(settings.help_, strangers=True),
    "cancel": Route(settings.cancel),
}

BUTTONS: Mapping[str, Route] = {
    "agree": Route(onboarding.agree, strangers=True),  # agree:<invitation>:<text>:<consent before>
    "decline": Route(onboarding.decline, strangers=True),
    "start_time": Route(onboarding.set_time),  # start_time:<HHMM>, without it: type one
    "preset": Route(onboarding.choose_preset),  # preset:<key>
    "checkin": Route(checkin.open_checkin),
    "yesterday": Route(checkin.open_yesterday),
    "answer": Route(checkin.answer),  # answer:<check-in>:<question>:<value>
    "fine": Route(checkin.all_fine),  # fine:<check-in>
    "painless": Route(checkin.no_pain),  # painless:<check-in>
    "tick": Route(checkin.tick),  # tick:<check-in>:<question>:<choice>
    "untick": Route(checkin.untick),
    "ticked": Route(checkin.ticked),  # ticked:<check-in>:<question>
    "skip": Route(checkin.skip),  # skip:<check-in>:<question>
    "rest": Route(checkin.skip_rest),  # rest:<check-in>
    "page": Route(checkin.turn_page),  # page:<check-in>:<question or page>
    "on": Route(checkin.go_on),  # on:<check-in>
    "undo": Route(typed.undo),  # undo:<check-in>:<instant>
    "note": Route(typed.ask_note),  # note:<check-in>
    "unnote": Route(typed.remove_note),  # unnote:<check-in>
    "period": Route(checkin.set_period),  # period:<check-in>:<on or off>
    "signs": Route(checklist.choose),
    "check": Route(checklist.ask),  # check:<head, back or neck>
    "sign": Route(checklist.sign),  # sign:<event>:<sign>
    "unsign": Route(checklist.unsign),
    "none": Route(checklist.none),  # none:<event>
    "mistake": Route(checklist.mistake),  # mistake:<event>
    "getting_help": Route(checklist.getting_help),
    "ask_country": Route(safety.ask_country),
    "country": Route(safety.set_country),  # country:<code>
    "asks": Route(profile.show),
    "ask": Route(profile.set_),  # ask:<short, night, first_days, a factor or a reason for care>:<on or off>
    "factors": Route(profile.choose_factors),
    "care": Route(profile.choose_care),
    "ask_injury": Route(profile.ask_injury),
    "injury": Route(profile.set_injury),  # injury:<no, recent or past>, without it: rather not say
    "hurt_by_someone": Route(profile.hurt_by_someone),
    "looks": Route(profile.choose_look),
    "look": Route(profile.set_look),  # look:<dark or words_only>:<on or off>
    "summary": Route(summary.turn_to),  # summary:<days>:<YYYY-MM-DD>[:daily]
    "history": Route(history.show),
    "ask_patterns": Route(patterns.show),
    "ask_report": Route(report.show),
    "month": Route(history.turn_to),  # month:<YYYY-MM>
    "open_day": Route(history.open_any_day),  # open_day:<YYYY-MM-DD>
    "log": Route(log.add),  # log:<kind>
    "log_day": Route(log.move),  # log_day:<event>:<YYYY-MM-DD>, without it: type one
    "log_note": Route(log.ask_note),  # log_note:<event>
    "unlog": Route(log.remove),  # unlog:<event>
    "visit": Route(visits.show),  # visit:<event>, without it: note one
    "questions": Route(visits.ask_questions),  # questions:<event>
    "unquestion": Route(visits.remove_question),  # unquestion:<event>:<number>
    "move_visit": Route(visits.ask_when),  # move_visit:<event>
    "unvisit": Route(visits.call_off),  # unvisit:<event>
    "visited": Route(visits.answer),  # visited:<event>:<started, changed, other, nothing or not>
    "patterns": Route(patterns.come_back),
    "worked_out": Route(patterns.explain),
    "before_after": Route(before_after.show),
    "report": Route(report.change),  # report:<weeks>:<days of notes>:<pages>, as the three below
    "report_notes": Route(report.choose_notes),
    "report_name": Route(report.ask_name),
    "report_page": Route(report.make),
    "share": Route(share.make),  # share:<days>:<instant>
    "unshare": Route(share.end),  # unshare:<event>
    "open_share": Route(share.open_, strangers=True, named=True),  # open_share:<code>
    "no_share": Route(share.decline, strangers=True),
    "shared": Route(share.look, strangers=True),  # shared:<event>:<page, or a summary's days>
    "leave_share": Route(share.leave, strangers=True),  # leave_share:<event>
    "try": Route(tries.look),
    "tries": Route(tries.choose),
    "plan": Route(tries.plan),  # plan:<change>:<weeks>, without them: how likely each length is to show something
    "begin": Route(tries.begin),  # begin:<change>:<weeks>
    "ask_end": Route(tries.ask_end),
    "end": Route(tries.end),  # end:<seed>
    "reminders": Route(reminders.all_reminders),
    "reminder": Route(reminders.show),  # reminder:<kind, or the number of one of its times>
    "add_reminder": Route(reminders.choose_kind),
    "new": Route(reminders.add),  # new:<kind>
    "hours": Route(reminders.pick_hour),  # hours:<k- and kind to set its times anew, n- to add one>
    "hour": Route(reminders.pick_minute),  # hour:<purpose>:<HH>
    "time": Route(reminders.set_time),  # time:<purpose>:<HHMM>
    "days": Route(reminders.choose_days),  # days:<reminder>
    "day": Route(reminders.set_day),  # day:<reminder>:<0–6>:<on or off>, day:<reminder>:<all or work>
    "switch": Route(reminders.switch),  # switch:<reminder>:<on or off>
    "remove": Route(reminders.remove),  # remove:<reminder>
    "back": Route(reminders.put_back),  # back:<kind>:<instant>
    "done": Route(tips.done),  # done:<delivery>
    "later": Route(tips.later),  # later:<delivery>:<15, 60 or evening>
    "not_today": Route(tips.not_today),
    "more": Route(tips.more),
    "why": Route(tips.why),
    "helped": Route(tips.helped),
    "unwanted": Route(tips.unwanted),
    "stop": Route(tips.stop),
    "as_before": Route(tips.as_before),
    "attack": Route(attack.start),
    "over": Route(attack.over),  # over:<event>
    "slip": Route(attack.slip),  # slip:<event>
    "still": Route(attack.still),  # still:<event>
    "next": Route(next_.show),
    "ask_broadcasts": Route(broadcast.ask),
    "broadcasts": Route(broadcast.set_),  # broadcasts:<on or off>
    "ask_discreet": Route(discreet.ask),
    "discreet": Route(discreet.set_),  # discreet:<on or off>
    "settings": Route(settings.come_back_to),
    "ask_quiet": Route(settings.ask_quiet),
    "quiet": Route(settings.set_quiet),  # quiet:<as kept, or type>
    "ask_day_start": Route(settings.ask_day_start),
    "day_start": Route(settings.set_day_start),  # day_start:<HHMM>
    "ask_language": Route(settings.ask_language),
    "language": Route(settings.set_language),  # language:<code>
    "home": Route(settings.keep_home_time),  # home:<IANA name>
    "ask_zone": Route(settings.ask_zone),
    "zone": Route(settings.set_zone),  # zone:<IANA name>
    "pause": Route(settings.pause),  # pause:<days>
    "ask_pause": Route(settings.ask_pause),
    "resume": Route(settings.resume),
    "numbers": Route(safety.numbers, strangers=True),
    "safe": Route(safety.safe, strangers=True),
    "ask_export": Route(export.ask, theirs=True),
    "export": Route(export.send, theirs=True),
    "no_export": Route(export.not_now, theirs=True),
    "bring": Route(import_.bring),  # bring:<event>
    "leave": Route(import_.leave),  # leave:<event>
    "read_as": Route(import_.read_as),  # read_as:<event>:<which of its readings>
    "take_out": Route(import_.undo),  # take_out:<event>
    "ask_withdraw": Route(consent.ask_withdraw, theirs=True),
    "withdraw": Route(consent.withdraw, theirs=True),  # withdraw:<consent>
    "delete": Route(privacy.ask_delete, strangers=True),
    "erase": Route(privacy.erase, strangers=True),  # erase:<instant>
    "keep": Route(privacy.keep, strangers=True),
}

TYPED: Mapping[str, Action] = {
    "place": settings.type_place,  # asked for by settings.ask_zone and onboarding.agree
    "start_time": onboarding.type_time,  # asked for by settings.set_zone and onboarding.set_time
    "time": reminders.type_time,  # asked for by reminders.pick_hour
    "log_day": log.type_day,  # asked for by log.move
    "log_note": log.type_note,  # asked for by log.ask_note
    "visit": visits.type_visit,  # asked for by visits.open_visits and visits.ask_when
    "visit_questions": visits.type_questions,  # asked for by visits.ask_questions
    "report_name": report.type_name,  # asked for by report.ask_name
    "own": reminders.type_own,  # asked for by reminders.add
    "quiet": settings.type_quiet,  # asked for by settings.set_quiet
}


def take_line(session: Session, user: User, now: datetime, said: Said) -> Reply:
    """Give a typed line to the question it answers; a whole day in words always goes to the card."""
    if len(said.text) > LONGEST_LINE:
        return Reply((words.too_long(texts_for(user.language)),))
    awaited, *arguments = (user.awaiting or "").split(":")
    if awaited == "note":  # whatever it says, it is what somebody wanted to write down
        return typed.type_note(session, user, now, arguments[0], said)
    if awaited not in TYPED or isinstance(read_answers(said.text, user.language), Understood):
        return typed.say(session, user, now, said)
    # It stays awaited until it is understood: whoever mistypes may simply type again.
    settings.keep_waiting(session, user)
    return TYPED[awaited](session, user, now, *arguments, said.text)


def take_sign(session: Session, user: User, now: datetime, concern: Concern, said: Said) -> Reply:
    """Keep a line that has words of a sign in the body, where it is a note or a day, and ask about the signs below."""
    kept = (user.awaiting or "").startswith(("note:", "log_note:", "visit_questions:"))
    if not user.agreed or concern not in SIGNS:
        return safety.answer(session, user, now, concern)
    signs = checklist.ask(session, user, now, concern)
    if kept or isinstance(read_answers(said.text, user.language), Understood):
        return Reply((*take_line(session, user, now, said).messages, *signs.messages))
    return Reply((words.look_at_signs(texts_for(user.language)), *signs.messages))


def listened(text: str, route: Route, *arguments: object) -> tuple[Route, *tuple[object, ...]]:
    """Return the route for words and what it is given: where they sound as if somebody needs help, the one for that."""
    concern = heard(text)
    if concern is None:
        return route, *arguments
    return Route(safety.answer, strangers=True), concern


def handlers(turns: Turns) -> Sequence[BaseHandler[Update, Any, None]]:
    """Return python-telegram-bot's handlers for all of it, first match wins."""

    def message(filters: only.BaseFilter, route: Route) -> BaseHandler[Update, Any, None]:
        async def callback(update: Update, context: object) -> None:
            await turns.take(update, route)

        return MessageHandler(filters, callback)

    def command(name: str, route: Route) -> BaseHandler[Update, Any, None]:
        async def callback(update: Update, context: Any) -> None:
            words = " ".join(context.args or ())
            await turns.take(update, *listened(words, route, words))

        return CommandHandler(name, callback, filters=OWN)

    async def tapped(update: Update, context: object) -> None:
        data = update.callback_query.data if update.callback_query else None
        name, *arguments = (data or "").split(":")
        if name in BUTTONS:
            await turns.take(update, BUTTONS[name], *arguments)
        else:
            await turns.take(update, Route(settings.unknown_button, strangers=True))

    async def spoken(update: Update, context: object) -> None:
        found = update.effective_message
        said = _said(found)
        concern = heard(said.text)
        if concern in SIGNS:
            await turns.take(update, Route(take_sign, strangers=True), concern, said)
        else:
            await turns.take(update, *listened(said.text, Route(take_line), said))

    async def corrected(update: Update, context: object) -> None:
        said = _said(update.effective_message)
        await turns.take(update, *listened(said.text, Route(typed.correct), said))

    async def located(update: Update, context: object) -> None:
        place = update.effective_message.location if update.effective_message else None
        if place is not None:
            await turns.take(update, Route(settings.share_location), place.latitude, place.longitude)

    async def sent(update: Update, context: Any) -> None:
        message = update.effective_message
        if message is None or message.document is None:
            return
        # Of somebody who has not agreed nothing is fetched: they are told to say /start first.
        known = await turns.knows(update)
        found = await fetched(context.bot, message.document, message.date) if known else None
        await turns.take(update, Route(import_.look), found)

    async def membership(update: Update, context: object) -> None:
        change = update.my_chat_member
        if change is None:
            await turns.ignore(update)
        elif change.chat.type == "private":
            left = change.new_chat_member.status in ("kicked", "left")
            await turns.take(update, Route(settings.blocked if left else settings.come_back, strangers=True))
        elif change.new_chat_member.status in ("member", "administrator", "restricted"):
            await turns.leave_group(update)
        else:
            await turns.ignore(update)

    async def in_group(update: Update, context: object) -> None:
        await turns.leave_group(update)

    async def ignored(update: Update, context: object) -> None:
        await turns.ignore(update)

    return [
        CallbackQueryHandler(tapped),
        *(command(name, route) for name, route in COMMANDS.items()),
        message(OWN & only.COMMAND, Route(settings.unknown_command, strangers=True)),
        MessageHandler(OWN & only.TEXT, spoken),
        MessageHandler(CHANGED & only.TEXT & ~only.COMMAND, corrected),
        MessageHandler(OWN & only.LOCATION, located),
        # Forwarded too: that is how a file gets from one bot to another.
        MessageHandler(PRIVATE & READABLE, sent),
        message(PRIVATE & ~only.StatusUpdate.ALL, Route(settings.only_words)),
        ChatMemberHandler(membership, ChatMemberHandler.MY_CHAT_MEMBER),
        MessageHandler(only.ChatType.GROUPS & only.UpdateType.MESSAGE, in_group),
        TypeHandler(Update, ignored),
    ]


def _said(message: TelegramMessage | None) -> Said:
    if message is None:
        return Said("")
    replied = message.reply_to_message
    if replied is None:
        return Said(message.text or "", message.date, message.message_id)
    return Said(message.text or "", message.date, message.message_id, replied.message_id, _card_of(replied))


def _card_of(replied: TelegramMessage) -> str:
    """Return the check-in that the buttons of a card are about, as it stands on them; "" where there are none."""
    keyboard = replied.reply_markup.inline_keyboard if replied.reply_markup else ()
    on_it = (str(button.callback_data).split(":") for row in keyboard for button in row if button.callback_data)
    return next((parts[1] for parts in on_it if parts[0] in CARD and len(parts) > 1), "")
