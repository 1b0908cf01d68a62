"""Reads what restatements ask for besides who: rows, links, numbers by something."""

from dataclasses import dataclass

from app.cohorts.plain_words.linking.coding import JsonObject
from app.cohorts.plain_words.restating import templates as said
from app.cohorts.plain_words.restating.pieces import NotRestated, detailed
from app.cohorts.plain_words.restating.templates import AND, parts


@dataclass(frozen=True, slots=True)
class OutputReader:
    """Reads the output of one restatement."""

    language: str

    def read(self, text: str, output: JsonObject) -> None:
        """Read all that is asked for into an output.

        Raises `NotRestated` where a part says nothing of the kind.
        """
        for each in parts(text, AND):
            if not (self._measure(each, output) or self._row(each, output)):
                raise NotRestated(each)

    def _measure(self, text: str, output: JsonObject) -> bool:
        for name, template in said.GRAINS.items():
            if template.write(self.language) == text:
                output["grain"] = name
                return True
        if text == said.NO_COUNT.write(self.language):
            output["count"] = False
            return True
        for name, template in said.BY.items():
            found = template.read(self.language, text) if "{" in template.en else None
            if found is not None or text == template.write(self.language, width="", of=""):
                made: JsonObject = {"by": name}
                made |= {"width": int(found["width"])} if found and "width" in found else {}
                output.setdefault("by", []).append(
                    made | ({"of": found["of"]} if found and "of" in found else {})
                )
                return True
        least = said.LEAST_CELL.read(self.language, text)
        if least is not None and least["n"].isdigit():
            output["privacy"] = {"minCell": int(least["n"])}
            return True
        return self._link(text, output)

    def _link(self, text: str, output: JsonObject) -> bool:
        words, details = detailed(text)
        found = said.LINKS.read(self.language, words)
        if found is None:
            written = said.FORMAT.read(self.language, text)
            if written is None or not written["text"].replace("|", "").isalpha():
                return False
            output["format"] = written["text"]
            return True
        via = [said.ROW_DETAILS["via"].read(self.language, each) for each in details]
        link = {"from": found["from_"], "to": found["to"]}
        output.setdefault("links", []).append(link | ({"via": via[0]["text"]} if via and via[0] else {}))
        return True

    def _row(self, text: str, output: JsonObject) -> bool:
        what, *name = parts(text, " = ")
        words, details = detailed(what)
        resources = {each.write(self.language): resource for resource, each in said.ROWS.items()}
        row: JsonObject = {"resource": resources.get(words, words)}
        for each in details:
            for key, template in said.ROW_DETAILS.items():
                found = template.read(self.language, each)
                if found is not None:
                    row[key] = found["text"].split(", ") if key == "columns" else found["text"]
                    break
        output.setdefault("rows", []).append(row | ({"as": name[0]} if name else {}))
        return True
