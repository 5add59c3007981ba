"""The table of contents: whatever the bot shows can be tapped, whatever the menu names can be typed."""

from inspect import signature

import pytest

from bot.chat.routes import BUTTONS, COMMANDS, TYPED
from bot.chat.turn import Route
from bot.render import menu
from bot.texts.words import texts_for
from tests.test_texts import buttons, said

T = texts_for("en")


def test_every_button_leads_somewhere() -> None:
    for button in buttons(said(T)):
        name, *arguments = button.data.split(":")
        assert name in BUTTONS, button
        assert BUTTONS[name].takes(len(arguments)), button


def test_every_route_to_a_button_is_shown_somewhere() -> None:
    shown = {button.data.split(":")[0] for button in buttons(said(T))}
    assert BUTTONS.keys() - shown == set()


def test_every_command_of_the_menu_is_there() -> None:
    named = {name for name, _ in menu.commands(T)}
    assert named <= COMMANDS.keys()
    assert COMMANDS.keys() - named == {"start", "headache"}, "Telegram shows the one by itself; the other is /attack"


@pytest.mark.parametrize("name", [*COMMANDS, *BUTTONS])
def test_an_action_begins_with_session_user_now(name: str) -> None:
    for routes in (COMMANDS, BUTTONS):
        if name in routes:
            assert list(signature(routes[name].action).parameters)[:3] == ["session", "user", "now"]


def test_commands_can_be_followed_by_words() -> None:
    assert all(route.takes(1) for route in COMMANDS.values())


def test_typed_answers_take_the_text_last() -> None:
    assert all(list(signature(action).parameters)[-1] == "text" for action in TYPED.values())


def test_only_a_few_actions_are_for_strangers() -> None:
    open_to_all = {name for routes in (COMMANDS, BUTTONS) for name, route in routes.items() if route.strangers}
    readers = {"open_share", "no_share", "shared", "leave_share", "delete", "erase", "keep"}
    assert open_to_all == {"start", "privacy", "warning", "help", "agree", "decline", "numbers", "safe"} | readers


@pytest.mark.parametrize(("given", "taken"), [(0, False), (1, True), (2, True), (3, False)])
def test_a_forged_number_of_arguments_is_refused(given: int, taken: bool) -> None:
    def action(session: object, user: object, now: object, first: str, second: str = "") -> None: ...

    assert Route(action).takes(given) is taken  # type: ignore[arg-type]
