"""Periods of the language from times that may be meant in several ways, by what was chosen."""

from datetime import date

from app.cohorts.plain_words.grammar import doubts
from app.cohorts.plain_words.grammar.calendar_times import UPTO, shifted
from app.cohorts.plain_words.grammar.choices import Choices
from app.cohorts.plain_words.grammar.times import EVENT, TimeSaid
from app.cohorts.plain_words.linking.coding import JsonObject
from app.cohorts.plain_words.trees.periods import window

_ROLLING = {"lastyear": "P1Y", "lastmonth": "P1M", "lastweek": "P1W"}


def chosen_window(said: TimeSaid, day: date, choices: Choices, place: int) -> JsonObject:
    """The period of a window as of a day; `place` is where what has it begins."""
    if (
        said.loose == "lastunit"
        and choices.pick("last-unit", place, doubts.LAST_UNIT, doubts.ROLLING) == "rolling"
    ):
        return {"within": _ROLLING[said.calendar], "before": "asOf"}
    period = window(said, day)
    match said.loose:
        case "ago" if "within" in period:
            if choices.pick("ago", place, doubts.AGO, doubts.UP_TO) == "atLeast":
                return {"atLeast": period["within"], "before": period["before"]}
        case "from":
            if choices.pick("from", place, doubts.FROM, doubts.FROM_WAYS) == "since":
                return {"start": period["start"]}
        case _ if said.loose == UPTO:
            if choices.pick("until", place, doubts.UNTIL, doubts.UNTIL_WAYS) == "through":
                return {**period, "end": shifted(period["end"], 1)}
        case "lasting":
            choices.pick("lasting", place, doubts.LASTING, doubts.UP_TO[1:])
    return period


def chosen_relative(said: TimeSaid, name: str, choices: Choices, place: int) -> JsonObject:
    """The period of a time relative to the event of a name; empty where the order is no matter."""
    period = {key: name if value == EVENT else value for key, value in said.period.items()}
    match said.loose:
        case "around" | "on":
            ways = doubts.EITHER_SIDE if said.loose == "around" else doubts.COUNTED_ON
            side = choices.pick("around", place, doubts.AROUND, ways)
            period = {side if key == "around" else key: value for key, value in period.items()}
        case "point":
            if choices.pick("point", place, doubts.POINT, doubts.UP_TO) == "atLeast":
                period = {"atLeast" if key == "within" else key: value for key, value in period.items()}
        case "later":
            if choices.pick("later", place, doubts.LATER, doubts.ORDERED) == "any":
                return {}
    return period
