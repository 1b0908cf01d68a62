"""`/worklist`: what there is to read, in one order, and what whoever reads it does about it."""

import re
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, current_app, make_response, render_template, request

from app.admission.outcomes import STATUS
from app.http.kit.frame import WORKLIST_PATH
from app.http.kit.guard import signed_in
from app.http.kit.languages import gettext, said
from app.http.kit.own_paths import see_other
from app.http.kit.request_context import current, current_scope
from app.http.kit.uids import check_uids
from app.http.pages.uses import PageUses
from app.http.pages.worklist_words import DID, EMPTY, EXPLAINED, SHOWN, said_reasons
from app.records.reading_room import OpenedReading, ReadingHolder, ReadingLine, WorklistPart
from graph.errors import Conflict, Forbidden, Invalid, NotFound
from graph.scope import AccessScope
from graph.workitems.states import WorkitemConflict, WorkitemUnheld

LIST, WORK = "workitem.read", "workitem.write"
_VIEWER_PATH = "/viewer"
_REPORT_RULE = re.compile(r"/studies/<[^/]+>/report")


class WorklistPages:
    """The pages of the worklist, and what their forms do."""

    def __init__(self, uses: PageUses) -> None:
        self._room = uses.reading
        self._desk = uses.reading_desk
        self._announcer = uses.announcer
        self._base = uses.base
        self._ahead = uses.viewer_code

    def listed(self, wrong: str = "", status: int = 200) -> Response:
        """The worklist, the part that the address asks for."""
        asked = request.args.get("show", "") if request.method == "GET" else ""
        shown = WorklistPart(asked) if asked in set(WorklistPart) else WorklistPart.TO_READ
        work = self._room.listed(current_scope())
        counts = {each: len(work.of(each)) for each in SHOWN}
        if work.unasked is not None:
            counts[WorklistPart.UNASKED] = len(work.unasked)
        tabs = [each for each in SHOWN if each is not WorklistPart.UNASKED or work.unasked is not None]
        page = render_template(
            "worklist.html",
            **self._words(),
            tabs=tabs,
            names=SHOWN,
            counts=counts,
            shown=shown,
            explained=EXPLAINED[shown],
            nothing=EMPTY[shown],
            lines=work.of(shown),
            studies=(work.unasked or ()) if shown is WorklistPart.UNASKED else None,
            cut=work.cut and shown is not WorklistPart.DONE,
            did=DID.get(request.args.get("did", "")),
            wrong=wrong,
        )
        return make_response(page, status)

    def one(self, uid: str, wrong: str = "", status: int = 200) -> Response:
        """One workitem with its priors; raises `NotFound`."""
        check_uids(workitem=uid)
        opened = self._desk.look(current_scope(), uid, current().received)
        page = render_template(
            "workitem.html",
            **self._words(),
            opened=opened,
            line=opened.line,
            viewer=self.viewer(opened),
            did=DID.get(request.args.get("did", "")),
            wrong=wrong,
        )
        return make_response(page, status)

    def claimed(self, uid: str) -> Response:
        """The page of the workitem, after it was claimed."""
        return self._changed(uid, lambda scope: self._desk.begin(scope, uid), f"{uid}?did=claimed")

    def opened(self, uid: str) -> Response:
        """The viewer with the study of the workitem and its best prior, after it was claimed."""

        def begin(scope: AccessScope) -> None:
            self._desk.begin(scope, uid)

        return self._changed(uid, begin, lambda scope: self._to_viewer(scope, uid))

    def taken_up(self, study: str) -> Response:
        """The viewer with a study that nobody asked to be read, after somebody took it up."""
        check_uids(study=study)
        scope = current_scope()
        try:
            uid = self._desk.take_up(scope, study)
        except Conflict:
            return self.listed(gettext("Somebody was asked to read it, or took it up, just before you."), 409)
        return see_other(self._to_viewer(scope, uid))

    def given_back(self, uid: str) -> Response:
        """The worklist, after somebody gave a workitem back."""
        return self._changed(uid, self._ending(uid, self._desk.give_back), "?did=given-back")

    def done(self, uid: str) -> Response:
        """The worklist, after somebody was done with a workitem."""
        return self._changed(uid, self._ending(uid, self._desk.complete), "?did=done")

    def viewer(self, opened: OpenedReading) -> str:
        """Where the pictures are looked at; empty where there are none."""
        studies = ",".join(opened.beside)
        return f"{self._base}{_VIEWER_PATH}?StudyInstanceUIDs={studies}" if studies else ""

    def _ending(self, uid: str, end: Callable[[AccessScope, str], None]) -> Callable[[AccessScope], None]:
        """Ends a workitem, and tells the other applications of whoever read it that the study is closed."""

        def ended(scope: AccessScope) -> None:
            study = self._room.one(scope, uid).study
            end(scope, uid)
            if study is not None:
                self._announcer.study_closed(scope, study.uid)

        return ended

    def _to_viewer(self, scope: AccessScope, uid: str) -> str:
        opened = self._desk.look(scope, uid, current().received)
        return self.viewer(opened) or self._at(uid)

    def _changed(
        self, uid: str, change: Callable[[AccessScope], object], to: str | Callable[[AccessScope], str]
    ) -> Response:
        """Where a change leads, or the page that says kindly why there was none."""
        check_uids(workitem=uid)
        scope = current_scope()
        try:
            change(scope)
        except (Conflict, Invalid, Forbidden) as error:
            return self.one(uid, self._why(scope, uid, error), STATUS[error.category])
        except NotFound as error:
            return self.listed(gettext("It is not on your worklist any more."), STATUS[error.category])
        return see_other(self._at(to) if isinstance(to, str) else to(scope))

    def _why(self, scope: AccessScope, uid: str, error: Conflict | Invalid | Forbidden) -> str:
        """Why a change was refused, as a sentence."""
        if isinstance(error, WorkitemUnheld):
            return gettext("You claimed it with another application: finish it, or give it back, there.")
        if not isinstance(error, WorkitemConflict):
            return said(error.wording).text
        line = self._room.one(scope, uid)
        if not line.is_open:
            return gettext("It has ended meanwhile: nothing is left to do.")
        if line.holder is ReadingHolder.OTHER and line.holder_names:
            return gettext("%(who)s has claimed it just before you.") % {"who": line.holder_names[0]}
        return gettext("Somebody has claimed it just before you.")

    def _at(self, place: str) -> str:
        """An address below the worklist."""
        return f"{self._base}{WORKLIST_PATH}{'' if place.startswith('?') else '/'}{place}"

    def _words(self) -> dict[str, Any]:
        now = current().received

        def reasons_of(line: ReadingLine) -> object:
            return said_reasons(line, now)

        reports = any(_REPORT_RULE.fullmatch(each.rule) for each in current_app.url_map.iter_rules())
        return {
            "reasons_of": reasons_of,
            "holders": ReadingHolder,
            "has_reports": reports,
            "ahead": self._ahead,
        }


def add_worklist(rooms: Blueprint, uses: PageUses) -> None:
    """Add the pages of the worklist."""
    pages = WorklistPages(uses)

    @rooms.get(WORKLIST_PATH)
    @signed_in("R", LIST)
    def show_worklist() -> Response:
        return pages.listed()

    @rooms.get(f"{WORKLIST_PATH}/<workitem>")
    @signed_in("R", LIST)
    def show_workitem(workitem: str) -> Response:
        return pages.one(workitem)

    @rooms.post(f"{WORKLIST_PATH}/<workitem>/claim")
    @signed_in("U", LIST, WORK)
    def claim_workitem(workitem: str) -> Response:
        return pages.claimed(workitem)

    @rooms.post(f"{WORKLIST_PATH}/<workitem>/open")
    @signed_in("U", LIST, WORK)
    def open_workitem(workitem: str) -> Response:
        return pages.opened(workitem)

    @rooms.post(f"{WORKLIST_PATH}/<workitem>/give-back")
    @signed_in("U", LIST, WORK)
    def give_workitem_back(workitem: str) -> Response:
        return pages.given_back(workitem)

    @rooms.post(f"{WORKLIST_PATH}/<workitem>/done")
    @signed_in("U", LIST, WORK)
    def complete_workitem(workitem: str) -> Response:
        return pages.done(workitem)

    @rooms.post(f"{WORKLIST_PATH}/studies/<study>/open")
    @signed_in("C", LIST, WORK)
    def take_study_up(study: str) -> Response:
        return pages.taken_up(study)
