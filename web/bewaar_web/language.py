"""Which language a request is answered in."""

from flask import request

from bewaar import messages
from bewaar.messages import Text
from bewaar.messages.languages import nearest


def speak(chosen: str) -> Text:
    """Return the chosen language, else the browser's first one we know, else the computer's."""
    wishes = (nearest(wish) for wish in request.accept_languages.values())
    return messages.text(chosen or next(filter(None, wishes), ""))
